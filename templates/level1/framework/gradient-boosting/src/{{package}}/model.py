"""The model. Yours: tune it here, or put another in its place."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer

from .encode import TableEncoder
from .estimator import Hyperparameters, fit_estimator
from .features import make_features

if TYPE_CHECKING:
    import pandas as pd

    from .config import Task

HYPERPARAMETERS = Hyperparameters(
    learning_rate=0.1,
    max_leaves=31,
    min_rows_in_leaf=20,
    l2=1.0,
    max_rounds=400,
    patience=20,
)


def fit_model(
    task: Task,
    inputs: pd.DataFrame,
    target: pd.Series,
    *,
    text: tuple[str, ...],
    seed: int,
    validation: tuple[pd.DataFrame, pd.Series] | None = None,
    rounds: int | None = None,
) -> Pipeline:
    """Fit features, encoder and estimator.

    Args:
        inputs: one row a case, columns converted by the contract
        target: numbers for regression, else classes
        text: the columns that hold prose
        validation: inputs and target to stop early on; the number of rounds is then found, up to `max_rounds`
        rounds: the number of rounds, where it is known
    """
    steps = [("features", FunctionTransformer(make_features)), ("encode", TableEncoder(text, seed))]
    prepare = Pipeline(steps)
    encoded = prepare.fit_transform(inputs)
    held_out = None if validation is None else (prepare.transform(validation[0]), validation[1])
    # A small table needs smaller leaves, or nothing can be told apart.
    leaf = min(HYPERPARAMETERS.min_rows_in_leaf, max(2, len(inputs) // 20))
    settings = replace(HYPERPARAMETERS, min_rows_in_leaf=leaf)
    estimator = fit_estimator(task, settings, encoded, target, held_out, rounds, seed)
    return Pipeline([*steps, ("estimator", estimator)])
