"""Gradient boosting by scikit-learn: histogram trees with native categories and missing values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

if TYPE_CHECKING:
    import pandas as pd

    from .config import Task


@dataclass(frozen=True)
class Hyperparameters:
    """Settings that gradient boosting has in every framework."""

    learning_rate: float
    max_leaves: int
    min_rows_in_leaf: int
    l2: float
    max_rounds: int
    patience: int


def fit_estimator(
    task: Task,
    settings: Hyperparameters,
    inputs: pd.DataFrame,
    target: pd.Series,
    validation: tuple[pd.DataFrame, pd.Series] | None,
    rounds: int | None,
    seed: int,
) -> HistGradientBoostingClassifier | HistGradientBoostingRegressor:
    """Fit for a known number of rounds, or until the validation rows have not improved for `patience` rounds."""
    kind = HistGradientBoostingRegressor if task == "regression" else HistGradientBoostingClassifier
    estimator = kind(
        learning_rate=settings.learning_rate,
        max_leaf_nodes=settings.max_leaves,
        min_samples_leaf=settings.min_rows_in_leaf,
        l2_regularization=settings.l2,
        max_iter=rounds or settings.max_rounds,
        n_iter_no_change=settings.patience,
        early_stopping=validation is not None,
        categorical_features="from_dtype",
        random_state=seed,
    )
    if validation is None:
        return estimator.fit(inputs, target)
    held_out_inputs, held_out_target = validation
    return estimator.fit(inputs, target, X_val=held_out_inputs, y_val=held_out_target)


def best_rounds(estimator: HistGradientBoostingClassifier | HistGradientBoostingRegressor) -> int:
    """Return the number of rounds at which the validation rows were predicted best."""
    return max(1, int(np.argmax(estimator.validation_score_)))
