"""What the service takes and gives, as types and examples."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
from pydantic import BaseModel

from .artifact import SAMPLE_INPUT
from .convert import convert_column, is_missing
from .table import read_table

if TYPE_CHECKING:
    from .config import Config
    from .contract import Contract

EXAMPLES = 2


class Prediction(BaseModel):
    """One answer. `prediction_id` joins it with the actual value later; `probabilities` is given for many classes."""

    prediction_id: str
    prediction: str | float
    score: float
    probabilities: dict[str, float] | None = None


class Single(Prediction):
    """The answer to one row."""

    model_version: str
    model_sha256: str


class Batch(BaseModel):
    """The answers to several rows, in their order."""

    model_version: str
    model_sha256: str
    predictions: list[Prediction]


def example_rows(config: Config, contract: Contract) -> list[dict[str, Any]]:
    """Return rows of the model's sample input as JSON values."""
    table = read_table(config.models / SAMPLE_INPUT, contract).head(EXAMPLES)
    return as_json_rows(table, contract)


def as_json_rows(table: pd.DataFrame, contract: Contract) -> list[dict[str, Any]]:
    """Return the rows of a file as requests hold them: numbers as numbers, else as contract.yaml spells it, or null."""
    columns: dict[str, pd.Series] = {}
    for column in contract.required:
        values = table[column.name]
        missing = is_missing(values, column, contract.source)
        if column.type == "numeric":
            values = convert_column(values.mask(missing), column, contract.source)
        columns[column.name] = values.astype(object).where(~missing, None)
    return pd.DataFrame(columns, dtype=object).to_dict("records")
