"""How good predictions are: metrics by task, and how sure one can be of them.

An *outcomes* table has one row a prediction: `actual`, `prediction` and `score`. For a binary target the score
is the probability of the positive class, for several classes that of the predicted one, for a number the
prediction itself.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from .errors import InputError

if TYPE_CHECKING:
    import pandas as pd

    from .config import Config, Task

RESAMPLES = 200
# Below this share of the rarer class, ROC AUC looks better than the model is (Saito and Rehmsmeier, 2015).
IMBALANCED = 0.15

Function = Callable[["pd.DataFrame", str], float]


@dataclass(frozen=True)
class Metric:
    """A number that says how good predictions are. `positive` is the class that counts as yes."""

    name: str
    label: str
    higher_is_better: bool
    function: Function
    lowest: float = 0.0
    highest: float = 1.0
    positive: str = ""

    def __call__(self, outcomes: pd.DataFrame) -> float:
        """Return the metric, or NaN where it is not defined, as when only one class occurred."""
        return self.function(outcomes, self.positive) if len(outcomes) else float("nan")

    def is_better(self, one: float, other: float) -> bool:
        return one > other if self.higher_is_better else one < other


def _mae(outcomes: pd.DataFrame, _: str) -> float:
    return float((outcomes["actual"] - outcomes["prediction"]).abs().mean())


def _rmse(outcomes: pd.DataFrame, _: str) -> float:
    return float(np.sqrt(((outcomes["actual"] - outcomes["prediction"]) ** 2).mean()))


def _r2(outcomes: pd.DataFrame, _: str) -> float:
    residuals = ((outcomes["actual"] - outcomes["prediction"]) ** 2).sum()
    total = ((outcomes["actual"] - outcomes["actual"].mean()) ** 2).sum()
    return float(1 - residuals / total) if total else float("nan")


def _roc_auc(outcomes: pd.DataFrame, positive: str) -> float:
    """Return the probability that a positive row scores higher than a negative one (Mann-Whitney)."""
    is_positive = (outcomes["actual"] == positive).to_numpy()
    positives, negatives = int(is_positive.sum()), int((~is_positive).sum())
    if not positives or not negatives:
        return float("nan")
    ranks = outcomes["score"].astype(float).rank().to_numpy()
    return float((ranks[is_positive].sum() - positives * (positives + 1) / 2) / (positives * negatives))


def _average_precision(outcomes: pd.DataFrame, positive: str) -> float:
    """Return the mean of the precisions at each recall, equal scores taken together."""
    scores = outcomes["score"].to_numpy(dtype="float64")
    order = np.argsort(-scores, kind="stable")
    is_positive = (outcomes["actual"] == positive).to_numpy()[order]
    if is_positive.all() or not is_positive.any():
        return float("nan")
    last_of_score = np.flatnonzero(np.append(np.diff(scores[order]) != 0, True))
    hits = is_positive.cumsum()[last_of_score]
    return float((np.diff(hits, prepend=0) / hits[-1] * hits / (last_of_score + 1)).sum())


def _precision(outcomes: pd.DataFrame, positive: str) -> float:
    predicted = outcomes[outcomes["prediction"] == positive]
    return float((predicted["actual"] == positive).mean()) if len(predicted) else 0.0


def _recall(outcomes: pd.DataFrame, positive: str) -> float:
    actual = outcomes[outcomes["actual"] == positive]
    return float((actual["prediction"] == positive).mean()) if len(actual) else float("nan")


def _f1(outcomes: pd.DataFrame, positive: str) -> float:
    hits = ((outcomes["actual"] == positive) & (outcomes["prediction"] == positive)).sum()
    named = (outcomes["actual"] == positive).sum() + (outcomes["prediction"] == positive).sum()
    return float(2 * hits / named) if named else float("nan")


def _accuracy(outcomes: pd.DataFrame, _: str) -> float:
    return float((outcomes["actual"] == outcomes["prediction"]).mean())


def _macro_f1(outcomes: pd.DataFrame, _: str) -> float:
    classes = set(outcomes["actual"].unique()) | set(outcomes["prediction"].unique())
    return float(np.mean([_f1(outcomes, each) for each in sorted(classes)]))


METRICS: dict[str, list[Metric]] = {
    "regression": [
        Metric("mae", "mean absolute error", False, _mae, highest=np.inf),
        Metric("rmse", "root mean squared error", False, _rmse, highest=np.inf),
        Metric("r2", "R²", True, _r2, lowest=-np.inf),
    ],
    "binary": [
        Metric("roc_auc", "ROC AUC", True, _roc_auc),
        Metric("average_precision", "average precision", True, _average_precision),
        Metric("f1", "F1", True, _f1),
        Metric("precision", "precision", True, _precision),
        Metric("recall", "recall", True, _recall),
        Metric("accuracy", "accuracy", True, _accuracy),
    ],
    "multiclass": [
        Metric("accuracy", "accuracy", True, _accuracy),
        Metric("macro_f1", "macro F1", True, _macro_f1),
    ],
}


def find_metric(config: Config, target: pd.Series, positive: str | None) -> Metric:
    """Return the metric that decides: the one that mlops.yaml names, or one that suits the task and the balance.

    Raises:
        InputError: there is no such metric for this task.
    """
    task, name = config.project.task, config.training.metric
    wanted = _suitable(task, target) if name == "auto" else name
    return named_metric(task, wanted, positive)


def named_metric(task: Task, name: str, positive: str | None) -> Metric:
    """Return a metric of a task by its name.

    Raises:
        InputError: there is no such metric for this task.
    """
    for each in METRICS[task]:
        if each.name == name:
            return _about(each, positive)
    known = ", ".join(each.name for each in METRICS[task])
    raise InputError(f"mlops.yaml: training.metric is {name!r}; for this task it can be auto, {known}.")


def all_metrics(task: Task, outcomes: pd.DataFrame, positive: str | None) -> dict[str, float | None]:
    """Return every metric of the task; those that are not defined are None."""
    values = {each.name: _about(each, positive)(outcomes) for each in METRICS[task]}
    return {name: None if np.isnan(value) else value for name, value in values.items()}


def resample(outcomes: pd.DataFrame, metric: Metric, seed: int) -> np.ndarray:
    """Return the metric on seeded bootstrap resamples of the rows, without those where it is not defined."""
    random = np.random.default_rng(seed)
    rows = (random.integers(len(outcomes), size=len(outcomes)) for _ in range(RESAMPLES))
    values = np.array([metric(outcomes.iloc[each]) for each in rows])
    return values[~np.isnan(values)]


def _suitable(task: Task, target: pd.Series) -> str:
    if task == "regression":
        return "mae"
    shares = target.value_counts(normalize=True)
    if task == "binary":
        return "average_precision" if shares.min() < IMBALANCED else "roc_auc"
    return "macro_f1" if shares.min() < IMBALANCED else "accuracy"


def _about(metric: Metric, positive: str | None) -> Metric:
    return replace(metric, positive=positive or "")
