"""Estimated performance in the reports: of each period, beside what was realised."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from .artifact import load_artifact, read_reference
from .estimate import BLIND_SPOT, FEWEST_ROWS
from .estimation import fit_estimator
from .log import read_log
from .outcomes import read_features
from .predict import PROBABILITY_PREFIX

if TYPE_CHECKING:
    import sqlite3
    from pathlib import Path

    from .config import Config
    from .contract import Contract
    from .estimate import Estimator
    from .metrics import Metric
    from .monitor import Findings
    from .scorer import Scorer

MOST_PERIODS = 12
ESTIMATED = ("mae", "rmse")


@dataclass(frozen=True)
class EstimatedPeriod:
    """The estimate for one period. It is expected to turn out from `from_` to `to`; `low` to `high` is as on the tests.

    `realised` is the metric of the rows whose actual value is known, or None.
    """

    name: str
    rows: int
    value: float
    from_: float
    to: float
    low: float
    high: float
    realised: float | None
    verdict: str


def add_estimates(config: Config, contract: Contract, findings: Findings, log: Path, summary: dict[str, Any]) -> None:
    """Add the section `estimated` to the summary of monitoring."""
    with read_log(log) as connection:
        summary["estimated"] = estimate_periods(config, contract, findings, connection)


def estimate_periods(
    config: Config, contract: Contract, findings: Findings, connection: sqlite3.Connection
) -> dict[str, Any]:
    """Estimate the newest periods, from the predictions that the model in use has made."""
    artifact = load_artifact(config.models, contract)
    metric, task = findings.metric, config.project.task
    if task == "regression" and metric.name not in ESTIMATED:
        return {"note": f"The {metric.label} is not estimated; the metrics {' and '.join(ESTIMATED)} are."}
    estimator = make_estimator(config, artifact.scorer, metric)
    made = findings.outcomes[findings.outcomes["model_sha256"] == artifact.sha256]
    periods = []
    for name in sorted(made["period"].unique())[-MOST_PERIODS:]:
        rows = made[made["period"] == name]
        if len(rows) >= FEWEST_ROWS:
            estimate = estimate_rows(rows, estimator, artifact.scorer, contract, connection)
            low, high = findings.reference.band(len(rows), config.monitoring.sigma)
            from_, to = estimate.band(metric, findings.reference.between, config.monitoring.sigma)
            known = rows[rows["actual"].notna()]
            realised = metric(known) if len(known) >= config.monitoring.min_labels else float("nan")
            is_worse = estimate.value < low if metric.higher_is_better else estimate.value > high
            verdict = "ALERT" if is_worse else "OK"
            shown = None if np.isnan(realised) else realised
            periods.append(EstimatedPeriod(name, len(rows), estimate.value, from_, to, low, high, shown, verdict))
    return {
        "method": "DLE" if task == "regression" else "CBPE",
        "metric": metric.name,
        "label": metric.label,
        "periods": [{**asdict(each), "from": each.from_} for each in periods],
        "blind_spot": BLIND_SPOT,
    }


def make_estimator(config: Config, scorer: Scorer, metric: Metric) -> Estimator:
    """Return the estimator for a model, fitted on the rows that it was tested on."""
    outcomes, inputs = read_reference(config.models)
    outcomes, inputs = outcomes.reset_index(drop=True), inputs.reset_index(drop=True)
    if scorer.task == "multiclass":
        outcomes = outcomes.join(scorer.predict(inputs).filter(regex=f"^{PROBABILITY_PREFIX}"))
    features = encoded(scorer, inputs) if scorer.task == "regression" else pd.DataFrame(index=outcomes.index)
    return fit_estimator(config, metric, scorer.classes, outcomes, features)


def estimate_rows(
    rows: pd.DataFrame, estimator: Estimator, scorer: Scorer, contract: Contract, connection: sqlite3.Connection
) -> Any:
    """Estimate the metric of logged predictions."""
    rows = rows.reset_index(drop=True)
    features = pd.DataFrame(index=rows.index)
    if scorer.task == "regression":
        features = encoded(scorer, read_features(connection, contract, rows["prediction_id"]).reset_index(drop=True))
    elif scorer.task == "multiclass":
        rows = rows.join(_probabilities(connection, rows["prediction_id"]))
    return estimator(rows, features)


def encoded(scorer: Scorer, inputs: pd.DataFrame) -> pd.DataFrame:
    """Return what the last step of the model sees."""
    return pd.DataFrame(scorer.pipeline[:-1].transform(inputs))


def describe_estimates(summary: dict[str, Any]) -> str:
    """Return the newest estimate in one line."""
    estimated = summary["estimated"]
    if not estimated.get("periods"):
        return f"Estimate   {estimated.get('note', 'none: too few predictions of the model in use')}"
    newest = estimated["periods"][-1]
    compared = "worse than" if newest["verdict"] == "ALERT" else "as"
    return (
        f"Estimate   {estimated['label']} {newest['value']:.4g} in {newest['name']} without actual values, {compared} "
        f"expected ({estimated['method']}; blind to concept drift)"
    )


def estimates_as_markdown(config: Config) -> str:
    """Return the section of the report, from reports/monitor.json."""
    estimated = read_estimates(config)
    if not estimated.get("periods"):
        return ""
    lines = [
        f"| {each['name']} | {each['rows']:,} | {each['value']:.4g} | {each['from']:.4g} to {each['to']:.4g} "
        f"| {'-' if each['realised'] is None else format(each['realised'], '.4g')} | {each['verdict']} |"
        for each in reversed(estimated["periods"])
    ]
    header = f"| period | predictions | estimated {estimated['label']} | will turn out | realised | beside the tests |"
    title = f"\n## Estimated without actual values ({estimated['method']})\n"
    return "\n".join([title, header, "|---|---|---|---|---|---|", *lines, "", BLIND_SPOT, ""])


def read_estimates(config: Config) -> dict[str, Any]:
    """Return the section `estimated` of the newest report."""
    report = json.loads((config.reports / "monitor.json").read_text(encoding="utf-8"))
    return dict(report.get("estimated", {}))


def _probabilities(connection: sqlite3.Connection, wanted: pd.Series) -> pd.DataFrame:
    statement = "SELECT prediction_id, probabilities FROM predictions WHERE probabilities IS NOT NULL"
    logged = pd.read_sql_query(statement, connection).set_index("prediction_id")["probabilities"]
    table = pd.DataFrame([json.loads(text) for text in logged.loc[wanted]], index=wanted.index)
    return table.add_prefix(PROBABILITY_PREFIX)
