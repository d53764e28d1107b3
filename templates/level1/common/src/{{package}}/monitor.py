"""Compare predictions with actual values, period by period, and say OK, ALERT or NOT ENOUGH LABELS."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from .actuals import Recorded, record_actuals
from .artifact import read_metrics, read_reference, read_signature, write_json
from .contract import load_contract
from .drift import Change, compare
from .errors import ALERT, NOT_ENOUGH_LABELS, OK
from .log import find_log, read_log
from .metrics import Metric, named_metric
from .outcomes import read_features, read_outcomes
from .reference import Reference, find_reference, to_scale
from .report import describe, summarise, write_reports

if TYPE_CHECKING:
    import argparse
    import sqlite3

    import pandas as pd

    from .config import Config
    from .contract import Contract

EXIT_CODES = {"OK": OK, "ALERT": ALERT, "NOT ENOUGH LABELS": NOT_ENOUGH_LABELS}


@dataclass(frozen=True)
class Period:
    """How the predictions of one period did. From `low` to `high` is as expected for that many labels."""

    name: str
    predictions: int
    labels: int
    value: float | None
    low: float | None
    high: float | None
    verdict: str
    reason: str
    delay_median: float | None
    delay_p95: float | None

    @property
    def coverage(self) -> float:
        return self.labels / self.predictions


@dataclass(frozen=True)
class Findings:
    """All that monitoring found. `decisive` is the period whose verdict counts."""

    metric: Metric
    reference: Reference
    periods: list[Period]
    decisive: Period
    outcomes: pd.DataFrame
    changes: list[Change]
    recorded: Recorded | None
    is_example: bool


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--actuals", type=Path, help="CSV or Parquet file of actual values, added to the log first")
    parser.add_argument("--log", type=Path, help="prediction log (default: monitoring/predictions.sqlite)")
    parser.add_argument("--json", action="store_true", help="print the findings as JSON")


def run(config: Config, arguments: argparse.Namespace) -> int:
    contract = load_contract(config)
    log = find_log(config, arguments.log, arguments.actuals)
    recorded = None
    with read_log(log) as connection:
        if arguments.actuals is not None:
            recorded = record_actuals(connection, arguments.actuals, contract, config.project.task)
        is_example = log.resolve().parent == config.examples.resolve()
        findings = judge(config, contract, connection, recorded, is_example=is_example)
    summary = summarise(findings)
    # slot: findings
    write_json(summary, config.reports / "monitor.json")
    # slot: summary
    paths = write_reports(config, contract, findings)
    if arguments.json:
        print(json.dumps(summary, indent=2, ensure_ascii=False))
    else:
        print(describe(findings))
        # slot: lines
        print("\n".join(f"Report     {path.relative_to(config.root)}" for path in paths))
    return EXIT_CODES[findings.decisive.verdict]


def judge(
    config: Config,
    contract: Contract,
    connection: sqlite3.Connection,
    recorded: Recorded | None = None,
    *,
    is_example: bool = False,
) -> Findings:
    """Judge every period of the log against the reference."""
    metrics = read_metrics(config.models)
    metric = named_metric(config.project.task, metrics["metric"], contract.positive)
    name = metrics["period"] if config.monitoring.period == "auto" else config.monitoring.period
    test_outcomes, test_inputs = read_reference(config.models)
    seed, min_labels = config.training.seed, config.monitoring.min_labels
    reference = find_reference(test_outcomes, metric, name, min_labels, seed)
    outcomes = read_outcomes(connection, contract, name)
    periods = [judge_period(str(label), rows, metric, reference, config) for label, rows in outcomes.groupby("period")]
    decisive = find_decisive(periods, config.monitoring.waiting_periods)
    cases = outcomes.loc[outcomes["period"] == decisive.name, "prediction_id"]
    features = read_features(connection, contract, cases)
    changes = compare(test_inputs, features, contract, read_signature(config.models))
    return Findings(metric, reference, periods, decisive, outcomes, changes, recorded, is_example)


def judge_period(name: str, rows: pd.DataFrame, metric: Metric, reference: Reference, config: Config) -> Period:
    """Judge one period. Without enough actual values there is no verdict, whatever the metric says."""
    settings = config.monitoring
    labelled = rows[rows["actual"].notna()]
    value = metric(labelled)
    known = len(labelled)
    low, high = reference.band(known, settings.sigma) if known else (float("nan"), float("nan"))
    bad_end, good_end = (low, high) if metric.higher_is_better else (high, low)
    if known < settings.min_labels:
        verdict = "NOT ENOUGH LABELS"
        reason = f"{known:,} of {len(rows):,} predictions have an actual value, {settings.min_labels} are needed"
    elif known / len(rows) < settings.min_coverage:
        verdict = "NOT ENOUGH LABELS"
        reason = (
            f"{known / len(rows):.0%} of the predictions have an actual value, {settings.min_coverage:.0%} are needed"
        )
    elif np.isnan(value):
        verdict, reason = "NOT ENOUGH LABELS", f"the {metric.label} is not defined: only one outcome occurred"
    elif _is_beyond(value, bad_end, metric, better=False):
        verdict = "ALERT"
        reason = f"{metric.label} {value:.4g} is worse than expected ({low:.4g} to {high:.4g})"
    else:
        better = _is_beyond(value, good_end, metric, better=True)
        verdict = "OK"
        reason = f"{metric.label} {value:.4g} is {'better than' if better else 'as'} expected ({low:.4g} to {high:.4g})"
    return Period(
        name,
        predictions=len(rows),
        labels=known,
        value=_known(value),
        low=_known(low),
        high=_known(high),
        verdict=verdict,
        reason=reason,
        delay_median=_known(labelled["delay"].median()),
        delay_p95=_known(labelled["delay"].quantile(0.95)),
    )


def find_decisive(periods: list[Period], waiting: int) -> Period:
    """Return the newest period that has actual values; only the newest few may still wait for theirs."""
    for period in reversed(periods[-waiting - 1 :]):
        if period.labels > 0:
            return period
    return periods[-1]


def _is_beyond(value: float, end: float, metric: Metric, *, better: bool) -> bool:
    """Tell whether a value lies beyond an end of the band, on the scale on which the band was made."""
    one, other = to_scale(value, metric), to_scale(end, metric)
    return metric.is_better(one, other) if better else metric.is_better(other, one)


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
