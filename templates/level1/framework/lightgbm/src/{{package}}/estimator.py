"""Gradient boosting by LightGBM, with native categories and missing values."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lightgbm import LGBMClassifier, LGBMRegressor, early_stopping
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer

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
) -> Pipeline:
    """Fit for a known number of rounds, or until the validation rows have not improved for `patience` rounds."""
    kind = LGBMRegressor if task == "regression" else LGBMClassifier
    estimator = kind(
        learning_rate=settings.learning_rate,
        num_leaves=settings.max_leaves,
        min_child_samples=settings.min_rows_in_leaf,
        reg_lambda=settings.l2,
        n_estimators=rounds or settings.max_rounds,
        random_state=seed,
        # As many as OpenMP is allowed: training.threads. Left out, it would be every core, whoever else needs one.
        n_jobs=0,
        deterministic=True,
        force_row_wise=True,
        verbosity=-1,
    )
    plain = FunctionTransformer(number_columns)
    if validation is None:
        estimator.fit(plain.fit_transform(inputs), target)
        return make_pipeline(plain, estimator)
    held_out = (plain.fit_transform(validation[0]), validation[1])
    with warnings.catch_warnings():
        # What is to replace `eval_set`, in LightGBM 4.7, does not accept classes that are text.
        warnings.filterwarnings("ignore", message=".*eval_set", category=FutureWarning)
        stop = early_stopping(settings.patience, verbose=False)
        estimator.fit(plain.fit_transform(inputs), target, eval_set=[held_out], callbacks=[stop])
    return make_pipeline(plain, estimator)


def best_rounds(estimator: Pipeline) -> int:
    """Return the number of rounds at which the validation rows were predicted best."""
    return max(1, estimator[-1].best_iteration_ or estimator[-1].n_estimators)


def number_columns(table: pd.DataFrame) -> pd.DataFrame:
    """Number the columns: LightGBM refuses names with quotes, braces or colons."""
    return table.set_axis([f"column_{number}" for number in range(table.shape[1])], axis=1)
