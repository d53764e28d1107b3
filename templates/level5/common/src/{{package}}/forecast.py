"""What training again is expected to bring: a cheap model learns from the bad windows, and is judged on rows left out.

    gain = (value of its predictions - value of those that were made) / rows * predictions a day * horizon * experience

Values are those of roi.yaml. The experience is what retrainings have brought so far, over what was expected of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from sklearn.model_selection import KFold
from threadpoolctl import threadpool_limits

from .evaluate import outcomes_of
from .ledger import experience
from .log import read_log
from .model import fit_model
from .outcomes import read_features
from .roi import ROI_FILE, VALUES, read_items
from .scorer import DEFAULT_THRESHOLD, Scorer
from .situation import Forecast
from .train import text_columns
from .worth import best_threshold, value_of, worth_of_decisions

if TYPE_CHECKING:
    from pathlib import Path

    from .config import Config
    from .contract import Contract
    from .gather import Known
    from .policy import Policy

MOST_ROWS = 2_000
FOLDS = 3
ROUNDS = 60


def forecast(
    config: Config, contract: Contract, policy: Policy, known: Known, log: Path, rows: pd.DataFrame
) -> Forecast:
    """Forecast gain and cost.

    Args:
        rows: outcomes of the bad windows, with actual values
    """
    task = config.project.task
    items = read_items(config.root / ROI_FILE, task)
    rate = items["costs.hourly_rate"]
    cost = policy.money.cost(rate or 0.0)
    wanted = [*(f"value.{name}" for name in VALUES[task]), "costs.hourly_rate"]
    missing = [name for name in wanted if items[name] is None]
    if missing:
        return Forecast(None, cost, f"{ROI_FILE} does not say {', '.join(missing)}")
    if len(rows) < FOLDS * config.monitoring.min_labels:
        return Forecast(None, cost, f"only {len(rows):,} labelled rows are in the bad windows")
    numbers = {name: value or 0.0 for name, value in items.items()}
    per_day = predictions_a_day(rows)
    random = np.random.default_rng(config.training.seed)
    sample = rows.iloc[np.sort(random.permutation(len(rows))[:MOST_ROWS])]
    expected = _learned_anew(config, contract, log, sample)
    value, now = (value_of(each, numbers, config, contract) for each in (expected, sample))
    factor = experience(config)
    gain = (value - now) / len(sample) * per_day * policy.money.horizon_days * factor
    details = {
        "metric_now": known.metric(sample),
        "metric_expected": known.metric(expected),
        "predictions_a_day": round(per_day, 1),
        "experience": round(factor, 3),
        "rows": len(sample),
    }
    return Forecast(gain, cost, details=details)


def predictions_a_day(rows: pd.DataFrame) -> float:
    made = pd.to_datetime(rows["timestamp"], format="ISO8601", utc=True)
    seconds = max((made.max() - made.min()).total_seconds(), 86_400.0)
    return len(rows) / (seconds / 86_400)


def _learned_anew(config: Config, contract: Contract, log: Path, rows: pd.DataFrame) -> pd.DataFrame:
    """Return the outcomes of rows as models tell them that have learned from the others."""
    task, seed = config.project.task, config.training.seed
    rows = rows.reset_index(drop=True)
    with read_log(log) as connection:
        inputs = read_features(connection, contract, rows["prediction_id"]).reset_index(drop=True)
    actual = rows["actual"].astype(float) if task == "regression" else rows["actual"]
    classes = _classes(contract, actual, task)
    parts = []
    with threadpool_limits(config.training.threads):
        for known, left_out in KFold(FOLDS, shuffle=True, random_state=seed).split(inputs):
            pipeline = fit_model(
                task, inputs.iloc[known], actual.iloc[known], text=text_columns(contract), seed=seed, rounds=ROUNDS
            )
            scorer = Scorer(pipeline, task, classes, DEFAULT_THRESHOLD)
            parts.append(outcomes_of(scorer, inputs.iloc[left_out], actual.iloc[left_out]))
    outcomes = pd.concat(parts).sort_index()
    worth = worth_of_decisions(config) if task == "binary" else None
    if worth is None:
        return outcomes
    threshold = best_threshold(outcomes, classes[0], worth, DEFAULT_THRESHOLD)
    said = np.where(outcomes["score"] >= threshold, *classes)
    return outcomes.assign(prediction=said)


def _classes(contract: Contract, actual: pd.Series, task: str) -> tuple[str, ...]:
    if task == "regression":
        return ()
    known = sorted(set(contract.classes) | set(actual.unique()))
    return tuple(sorted(known, key=lambda label: (task == "binary" and label != contract.positive, label)))
