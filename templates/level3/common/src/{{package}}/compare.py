"""Compare two runs: every metric, and each parameter, tag and step in which they differ."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from .errors import OK, InputError, shorten
from .find_run import find_run
from .tracking import fetch_files, find_runs
from .versions import print_table

if TYPE_CHECKING:
    import argparse

    from .config import Config
    from .tracking import Run

UNTOLD = ("execution", "trigger", "model_sha256", "host")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("runs", nargs="*", help="two of: version, alias, beginning of a run's id (default: newest two)")


def run(config: Config, arguments: argparse.Namespace) -> int:
    known = find_runs(config)
    names = arguments.runs or [each.id for each in known if each.status == "FINISHED"][1::-1]
    if len(names) != 2:
        raise InputError(f"Two runs are needed to compare, and {len(names)} were given or are there.")
    one, other = (find_run(config, name, known) for name in names)
    rows = [("", one.id[:8], other.id[:8])]
    for name in sorted({*one.metrics, *other.metrics}):
        rows.append((name, _number(one.metrics.get(name)), _number(other.metrics.get(name))))
    rows += _differences(one.parameters, other.parameters)
    rows += _differences(*({k: v for k, v in each.tags.items() if k not in UNTOLD} for each in (one, other)))
    rows += _differing_steps(*(_steps(config, each) for each in (one, other)))
    print_table(rows)
    return OK


def _differences(one: dict[str, str], other: dict[str, str]) -> list[tuple[str, str, str]]:
    names = sorted({*one, *other})
    return [
        (name, shorten(one.get(name, "-")), shorten(other.get(name, "-")))
        for name in names
        if one.get(name) != other.get(name)
    ]


def _differing_steps(one: dict[str, Any], other: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Return a row for each step whose code or configuration was another one."""
    rows = []
    for name in one:
        for part in ("code", "configuration"):
            before, after = one[name][part], other.get(name, {}).get(part, "-")
            if before != after:
                rows.append((f"{part} of step {name}", before, after))
    return rows


def _steps(config: Config, run: Run) -> dict[str, Any]:
    with TemporaryDirectory() as temporary:
        try:
            folder = fetch_files(config, run.id, Path(temporary))
            steps: dict[str, Any] = json.loads((folder / "run.json").read_text(encoding="utf-8"))["steps"]
        except OSError:
            # A run that failed, or a trial of tuning.
            return {}
        return steps


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.6g}"
