"""The estimator's outputs for one row, by its own trees, past the checks that it makes of every table.

Each framework needs its own way in. Where there is none, or it changes with a new version, the estimator is asked with
a table of one row.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.pipeline import Pipeline

if TYPE_CHECKING:
    from collections.abc import Callable

    from .encode import TableEncoder

    Outputs = Callable[[list[float]], np.ndarray]


def fast_estimator(estimator: Any, encoder: TableEncoder, example: pd.DataFrame) -> Outputs | None:
    """Return a function from the codes of one row to the outputs: a number, or the probability of each class.

    Args:
        estimator: fitted on what `encoder` makes
        example: features of a row, for their names and types
    """
    encoded = encoder.transform(example)
    if isinstance(estimator, (HistGradientBoostingClassifier, HistGradientBoostingRegressor)):
        return _histogram_trees(estimator, encoded)
    if isinstance(estimator, Pipeline) and type(estimator[-1]).__module__.startswith("lightgbm."):
        return _lightgbm(estimator[-1])
    return None


def _histogram_trees(
    estimator: HistGradientBoostingClassifier | HistGradientBoostingRegressor, encoded: pd.DataFrame
) -> Outputs:
    """Return the outputs of scikit-learn's trees. The steps are those of its `_raw_predict` (1.7 to 1.9)."""
    is_categorical = estimator.is_categorical_
    order = np.arange(encoded.shape[1])
    tables: dict[int, list[float]] = {}
    if is_categorical is not None:
        # Its encoder puts the categories first.
        order = np.concatenate([np.flatnonzero(is_categorical), np.flatnonzero(~is_categorical)])
        tables = _category_codes(estimator, encoded, order)
    positions = {int(column): place for place, column in enumerate(order)}
    known, index = estimator._bin_mapper.make_known_categories_bitsets()
    trees = [tree for round_ in estimator._predictors for tree in round_]
    width = estimator.n_trees_per_iteration_
    baseline = np.zeros((1, width)) + estimator._baseline_prediction
    is_classifier = isinstance(estimator, HistGradientBoostingClassifier)

    def outputs(codes: list[float]) -> np.ndarray:
        row = np.empty((1, len(codes)))
        for column, code in enumerate(codes):
            table = tables.get(column)
            is_code = table is not None and not math.isnan(code)
            row[0, positions[column]] = table[int(code)] if is_code else code  # type: ignore[index]
        raw = baseline.copy()
        for number, tree in enumerate(trees):
            raw[:, number % width] += tree.predict(row, known, index, 1)
        if is_classifier:
            return estimator._loss.predict_proba(raw)[0]
        return estimator._loss.link.inverse(raw.ravel())

    return outputs


def _category_codes(estimator: Any, encoded: pd.DataFrame, order: np.ndarray) -> dict[int, list[float]]:
    """Return what scikit-learn makes of each category of each categorical column, by the column's place."""
    columns = [place for place in order if estimator.is_categorical_[place]]
    sizes = {place: len(encoded.dtypes.iloc[place].categories) for place in columns}
    rows = max(sizes.values())
    table = encoded.iloc[[0] * rows].reset_index(drop=True)
    for place in columns:
        dtype = encoded.dtypes.iloc[place]
        codes = np.minimum(np.arange(rows), sizes[place] - 1)
        table.isetitem(place, pd.Categorical.from_codes(codes, dtype=dtype))
    made = estimator._preprocess_X(table, reset=False)
    return {place: made[: sizes[place], position].tolist() for position, place in enumerate(columns)}


def _lightgbm(estimator: Any) -> Outputs:
    """Return the outputs of LightGBM, whose categories are numbered as ours are."""
    booster = estimator.booster_
    is_classifier = hasattr(estimator, "classes_")
    is_binary = is_classifier and estimator.n_classes_ == 2

    def outputs(codes: list[float]) -> np.ndarray:
        raw = booster.predict(np.array([codes]), num_threads=1)
        return np.array([1 - raw[0], raw[0]]) if is_binary else np.ravel(raw)

    return outputs
