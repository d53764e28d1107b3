"""A model judged on rows that it has not seen: beside a baseline, and input by input."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from .metrics import RESAMPLES

if TYPE_CHECKING:
    from .config import Task
    from .metrics import Metric
    from .scorer import Scorer

ROWS_FOR_IMPORTANCE = 1_000


def outcomes_of(scorer: Scorer, inputs: pd.DataFrame, actual: pd.Series) -> pd.DataFrame:
    """Return the outcomes table of a model on some rows."""
    predictions = scorer.predict(inputs)[["prediction", "score"]]
    return predictions.assign(actual=actual)


def baseline_outcomes(task: Task, known: pd.Series, actual: pd.Series, positive: str | None) -> pd.DataFrame:
    """Return the outcomes of a model that looks at no input: the median, or the most frequent class."""
    if task == "regression":
        guess: object = known.median()
        score = known.median()
    else:
        shares = known.value_counts(normalize=True)
        guess = shares.index[0]
        score = shares.get(positive, 0.0) if task == "binary" else shares.iloc[0]
    columns = {"prediction": pd.Series([guess] * len(actual), index=actual.index), "score": score, "actual": actual}
    return pd.DataFrame(columns, index=actual.index)


def share_of_wins(model: pd.DataFrame, baseline: pd.DataFrame, metric: Metric, seed: int) -> float:
    """Return in which share of seeded bootstrap resamples the model beats the baseline."""
    random = np.random.default_rng(seed)
    wins = []
    for _ in range(RESAMPLES):
        rows = random.integers(len(model), size=len(model))
        one, other = metric(model.iloc[rows]), metric(baseline.iloc[rows])
        if not np.isnan(one + other):
            wins.append(metric.is_better(one, other))
    return float(np.mean(wins)) if wins else 0.0


def permutation_importance(
    scorer: Scorer, inputs: pd.DataFrame, actual: pd.Series, metric: Metric, seed: int
) -> dict[str, float]:
    """Return how much worse the metric gets when the values of one input are shuffled (Breiman, 2001).

    The largest first. About zero: the model does not use it.
    """
    random = np.random.default_rng(seed)
    rows = random.permutation(len(inputs))[:ROWS_FOR_IMPORTANCE]
    inputs, actual = inputs.iloc[rows].reset_index(drop=True), actual.iloc[rows].reset_index(drop=True)
    sign = 1 if metric.higher_is_better else -1
    best = metric(outcomes_of(scorer, inputs, actual))
    importance = {}
    for name in inputs.columns:
        shuffled = inputs[name].iloc[random.permutation(len(inputs))].reset_index(drop=True)
        loss = sign * (best - metric(outcomes_of(scorer, inputs.assign(**{name: shuffled}), actual)))
        importance[name] = 0.0 if np.isnan(loss) else float(loss)
    return dict(sorted(importance.items(), key=lambda item: -item[1]))
