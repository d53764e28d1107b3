"""Measure what no other job does: age of sources and inputs, decisions, costs, value, rollouts. See measurements.py."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from typing import TYPE_CHECKING

from .champion import read_alias
from .decision import read_decisions
from .errors import OK
from .measurements import CATALOGUE, Measurement, measurements_file, read_measurements, write_measurements
from .staleness import ages
from .values import returns_by_period

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from .config import Config
    from .monitor import Findings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--list", action="store_true", help="print the catalogue, with the newest value of each")


def run(config: Config, arguments: argparse.Namespace) -> int:
    take_all(config)
    if arguments.list:
        print(_catalogue(config))
    else:
        count = len(read_measurements(config))
        print(f"Measured   {config.relative(measurements_file(config))} has {count:,} rows")
    return OK


def take_all(config: Config) -> None:
    """Measure everything that is not measured where it happens."""
    write_measurements(config, "measure", [*_ages(config), *_decisions(config), *_values(config), *_rollouts(config)])


def measure_monitoring(config: Config, findings: Findings, summary: dict[str, object]) -> None:
    """Write what monitoring has found, unless it was about examples."""
    if findings.is_example:
        return
    rows = []
    for period in findings.periods:
        rows.append(Measurement("label_coverage", period.coverage, period.name))
        if period.value is not None:
            rows.append(Measurement("performance_realised", period.value, period.name))
        if period.delay_median is not None:
            rows.append(Measurement("label_delay", period.delay_median, period.name))
    rows += [Measurement("input_drift", change.psi, change.name) for change in findings.changes]
    estimated = summary.get("estimated")
    for entry in estimated.get("periods", []) if isinstance(estimated, dict) else []:
        rows.append(Measurement("performance_estimated", entry["value"], entry["name"]))
    champion = read_alias(config.root)
    write_measurements(config, "monitor", rows, "" if champion is None else str(champion.number))


def _ages(config: Config) -> Iterator[Measurement]:
    for age in ages(config, datetime.now(timezone.utc)):
        yield Measurement("source_age" if age.is_source else "input_unchanged", age.days, age.name)


def _decisions(config: Config) -> Iterator[Measurement]:
    for each in read_decisions(config):
        subject = f"{each.number} {each.decision}"
        yield Measurement("decision", 1, subject, each.at)
        yield Measurement("cost", each.cost, subject, each.at)


def _values(config: Config) -> Iterator[Measurement]:
    for each in returns_by_period(config):
        yield Measurement("net_value", each.net, each.period)


def _rollouts(config: Config) -> Iterator[Measurement]:
    path = config.root / "monitoring" / "rollouts.jsonl"
    for line in path.read_text(encoding="utf-8").splitlines() if path.is_file() else []:
        entry = json.loads(line)
        share = entry["percent"] if entry["status"] == "running" else 0
        yield Measurement("rollout_share", share, str(entry["candidate"]), entry["at"])


def _catalogue(config: Config) -> str:
    newest = read_measurements(config).groupby("name").last()
    lines = [f"{'measure':<22} {'newest':>12}  {'unit':<14} {'of':<10} what it is"]
    for name, each in CATALOGUE.items():
        value = f"{newest.loc[name, 'value']:.6g}" if name in newest.index else "none yet"
        lines.append(f"{name:<22} {value:>12}  {each.unit:<14} {each.subject:<10} {each.meaning}")
    return "\n".join(lines)
