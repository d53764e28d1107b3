"""One row at a time, without a table: the same prediction as over a table, in a fraction of the time.

Nothing is computed here in another way. A category, a truth value or a date becomes what the code for tables made of
it, looked up; a number stays the number that it is; and the trees are those of the model. Where the model or
features.py is not what this module knows, that step works on a table of one row. `check` compares both ways on real
rows when a model is loaded.
"""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pandas as pd

from . import features as features_module
from .convert import convert_column
from .encode import TableEncoder
from .fast_estimator import fast_estimator
from .features import make_features

if TYPE_CHECKING:
    from collections.abc import Callable

    from .contract import Column, Contract
    from .encode import Categories
    from .scorer import Scorer

Value: TypeAlias = "float | str | pd.Timestamp | None"

REMEMBERED_DATES = 10_000
# A table may be added up in another order than a row: a difference of less is none.
SAME = 1e-9
# Of features.py as it came; its features of a date can then be looked up too.
PLAIN_FEATURES = "19ace30323928531e802c4dfc641041f4abc288798d167f4b4565f90d80abadc"
# A text that is no category.
NEVER_SEEN = "\0"


class UnusualRowError(Exception):
    """Only the code for tables can answer this row, or refuse it in the right words."""


@dataclass(frozen=True)
class Answer:
    """What the model says about one row, and what the log holds of it. `values` are the row's inputs, converted."""

    prediction: str | float
    score: float
    probabilities: dict[str, float] | None
    values: dict[str, Value]
    features: str
    fingerprint: str
    row_id: str | None
    event_time: str | None


class RowScorer:
    """A model that predicts for single rows: a value of JSON for each column of the contract."""

    def __init__(self, scorer: Scorer, contract: Contract) -> None:
        self._scorer = scorer
        self._contract = contract
        self._converters = [(column.name, _converter(column, contract)) for column in contract.inputs]
        self._ids = [(column.name, _converter(column, contract)) for column in contract.ids]
        self._dates = [column.name for column in contract.inputs if column.type == "date"]
        self._encode = self._fast_encoder()

    def answer(self, row: dict[str, Any]) -> Answer:
        """Predict for one row.

        Raises:
            UnusualRowError: a value has to be judged by the code for tables.
        """
        values = {name: convert(row[name]) for name, convert in self._converters}
        plain = {name: _as_json(value) for name, value in values.items()}
        features = json.dumps(plain, ensure_ascii=False)
        time = None if self._contract.time is None else plain[self._contract.time]
        prediction, score, probabilities = self._predict(values)
        return Answer(
            prediction,
            score,
            probabilities,
            values,
            features,
            fingerprint=hashlib.sha256(features.encode("utf-8", "surrogatepass")).hexdigest()[:32],
            row_id=json.dumps([convert(row[name]) for name, convert in self._ids], ensure_ascii=False)
            if self._ids
            else None,
            event_time=None if time is None else str(time),
        )

    def check(self, inputs: pd.DataFrame) -> bool:
        """Tell whether converted rows get the same predictions alone as in a table, but for the order of additions."""
        expected = self._scorer.predict(inputs)
        for place, row in enumerate(inputs.to_dict("records")):
            values = {str(name): _from_table(value) for name, value in row.items()}
            prediction, score, _ = self._predict(values)
            is_same = self._scorer.task == "regression" or prediction == expected["prediction"].iloc[place]
            if not is_same or not math.isclose(score, expected["score"].iloc[place], rel_tol=SAME, abs_tol=SAME):
                return False
        return True

    def _predict(self, values: dict[str, Value]) -> tuple[str | float, float, dict[str, float] | None]:
        if self._encode is None:
            return _first(self._scorer.predict(self._table(values)), self._scorer)
        return self._decide(self._encode(values))

    def _decide(self, outputs: np.ndarray) -> tuple[str | float, float, dict[str, float] | None]:
        """Do as the scorer does, for the outputs of one row."""
        scorer = self._scorer
        if scorer.task == "regression":
            value = float(outputs[0])
            return value, value, None
        known = dict(zip(self._known, outputs.tolist(), strict=True))
        probabilities = {label: known.get(label, 0.0) for label in scorer.classes}
        if scorer.task == "binary":
            positive, negative = scorer.classes
            score = probabilities[positive]
            return (positive if score >= scorer.threshold else negative), score, None
        best = max(probabilities, key=probabilities.__getitem__)
        return best, probabilities[best], probabilities

    def _fast_encoder(self) -> Callable[[dict[str, Value]], np.ndarray] | None:
        """Return what turns the values of a row into the outputs of the estimator, or None for an unknown model."""
        steps = [step for _, step in self._scorer.pipeline.steps]
        if len(steps) != 3 or getattr(steps[0], "func", None) is not make_features:
            return None
        encoder, estimator = steps[1], steps[2]
        if type(encoder) is not TableEncoder or encoder.topics_:
            return None
        example = make_features(self._table(dict.fromkeys(name for name, _ in self._converters)))
        names = [str(name) for name in example.columns if name not in encoder.text]
        outputs_of = fast_estimator(estimator, encoder, example)
        if outputs_of is None:
            return None
        if self._scorer.task != "regression":
            self._known = [str(label) for label in estimator.classes_]
        coders = [(name, _coder(encoder.categories_.get(name))) for name in names]
        features_of = self._plain_features if _has_plain_features() else self._own_features

        def encode(values: dict[str, Value]) -> np.ndarray:
            features = features_of(values)
            return outputs_of([code(features[name]) for name, code in coders])

        return encode

    def _plain_features(self, values: dict[str, Value]) -> dict[str, Any]:
        features: dict[str, Any] = dict(values)
        for name in self._dates:
            features.update(_date_features(name, features.pop(name)))
        return features

    def _own_features(self, values: dict[str, Value]) -> dict[str, Any]:
        return {str(name): value for name, value in make_features(self._table(values)).iloc[0].to_dict().items()}

    def _table(self, values: dict[str, Value]) -> pd.DataFrame:
        dtypes = {"numeric": "float64", "boolean": "float64", "date": "datetime64[ns]"}
        columns = {
            name: pd.Series([values[name]], dtype=dtypes.get(self._contract[name].type, "object"))
            for name, _ in self._converters
        }
        return pd.DataFrame(columns)


def _converter(column: Column, contract: Contract) -> Callable[[Any], Value]:
    """Return what converts one value of a column, as `convert` does for a table."""
    source = contract.source
    if column.type == "numeric":
        return _number
    if column.type == "date":
        return lru_cache(REMEMBERED_DATES)(lambda value: _looked_up(value, column, contract))
    spellings = {"", *(spelling.strip() for spelling in source.missing if spelling not in column.values)}
    if column.type == "boolean":
        numbers = {value: _looked_up(value, column, contract) for value in column.values}
        return lambda value: _truth(value, numbers, spellings)
    return lambda value: None if value is None or value.strip() in spellings else value


def _number(value: float | None) -> float:
    number = math.nan if value is None else float(value)
    if math.isinf(number):
        raise UnusualRowError
    return number


def _truth(value: str | None, numbers: dict[str, Value], spellings: set[str]) -> Value:
    if value is None or value.strip() in spellings:
        return math.nan
    return numbers[value]


def _looked_up(value: str | None, column: Column, contract: Contract) -> Value:
    """Convert one value with the code for tables."""
    source = contract.source
    spellings = {"", *(spelling.strip() for spelling in source.missing)}
    if value is None or value.strip() in spellings:
        return None
    converted = convert_column(pd.Series([value], dtype=object), column, source).iloc[0]
    if pd.isna(converted):
        raise UnusualRowError
    return converted


def _as_json(value: Value) -> float | str | None:
    if isinstance(value, float):
        return None if math.isnan(value) else value
    return value.isoformat() if isinstance(value, pd.Timestamp) else value


def _from_table(value: Any) -> Value:
    """Return a value of a converted table as a converter would."""
    if value is None or value is pd.NaT:
        return None
    return value


@lru_cache(REMEMBERED_DATES)
def _date_features(name: str, date: pd.Timestamp | None) -> dict[str, float]:
    dates = pd.Series([date], dtype="datetime64[ns]", name=name)
    return {str(key): float(values.iloc[0]) for key, values in features_module.date_features(dates).items()}


def _coder(categories: Categories | None) -> Callable[[Any], float]:
    """Return what makes a number of one feature: itself, or the number of its category, looked up; NaN for missing."""
    if categories is None:
        return float
    values = pd.Series([*categories.index, NEVER_SEEN], dtype=object)
    codes = categories.encode(values).codes.astype("float64")
    codes[codes < 0] = math.nan
    known: dict[Any, float] = dict(zip(values, codes.tolist(), strict=True))
    never_seen = known[NEVER_SEEN]
    return lambda value: math.nan if pd.isna(value) else known.get(value, never_seen)


def _has_plain_features() -> bool:
    return features_digest(Path(str(features_module.__file__)).read_text(encoding="utf-8")) == PLAIN_FEATURES


def features_digest(source: str) -> str:
    """Return a hash of the code in a text, which does not depend on comments, blank lines or line ends."""
    lines = [line.rstrip() for line in source.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _first(predicted: pd.DataFrame, scorer: Scorer) -> tuple[str | float, float, dict[str, float] | None]:
    row = predicted.iloc[0]
    many = {label: float(row[f"score_{label}"]) for label in scorer.classes} if scorer.task == "multiclass" else None
    return row["prediction"], float(row["score"]), many
