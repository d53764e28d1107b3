"""The trained model as it is handed over: pipeline, classes and threshold, in one object."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline

    from .config import Task

DEFAULT_THRESHOLD = 0.5


@dataclass(frozen=True)
class Scorer:
    """Turns input rows into predictions.

    `classes` holds the positive class first for a binary target; `threshold` is the score from which it is predicted.
    """

    pipeline: Pipeline
    task: Task
    classes: tuple[str, ...] = ()
    threshold: float = DEFAULT_THRESHOLD

    def predict(self, inputs: pd.DataFrame) -> pd.DataFrame:
        """Return `prediction` and `score` for each row, and for several classes the probability of each."""
        if self.task == "regression":
            values = np.asarray(self.pipeline.predict(inputs), dtype="float64")
            return pd.DataFrame({"prediction": values, "score": values}, index=inputs.index)
        probabilities = self._probabilities(inputs)
        if self.task == "binary":
            return self._decide(probabilities[self.classes[0]])
        result = pd.DataFrame({"prediction": probabilities.idxmax(axis=1), "score": probabilities.max(axis=1)})
        return result.join(probabilities.add_prefix("score_"))

    def _probabilities(self, inputs: pd.DataFrame) -> pd.DataFrame:
        known = [str(label) for label in self.pipeline[-1].classes_]
        values = pd.DataFrame(self.pipeline.predict_proba(inputs), columns=known, index=inputs.index)
        return values.reindex(columns=list(self.classes), fill_value=0.0)

    def _decide(self, score: pd.Series) -> pd.DataFrame:
        positive, negative = self.classes
        prediction = np.where(score >= self.threshold, positive, negative)
        return pd.DataFrame({"prediction": prediction.astype(object), "score": score}, index=score.index)


def choose_threshold(outcomes: pd.DataFrame, positive: str) -> float:
    """Return the score from which calling a row positive gives the best F1 on these rows.

    Every observed score is tried; among equals the highest is taken.
    """
    ordered = outcomes.sort_values("score", ascending=False, kind="stable")
    is_positive = (ordered["actual"] == positive).to_numpy()
    if not is_positive.any():
        return DEFAULT_THRESHOLD
    hits = is_positive.cumsum()
    f1 = 2 * hits / (np.arange(1, len(hits) + 1) + is_positive.sum())
    scores = ordered["score"].to_numpy(dtype="float64")
    last_of_score = np.append(scores[1:] != scores[:-1], True)
    best = int(np.argmax(np.where(last_of_score, f1, -1)))
    return float(scores[best])
