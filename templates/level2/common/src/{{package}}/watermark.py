"""The watermark: the largest value so far of a column that grows, such as a time or a running number."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from .contract import Column
from .convert import convert_column
from .errors import InputError, did_you_mean

if TYPE_CHECKING:
    from .contract import Contract


def highest(table: pd.DataFrame, column: str, contract: Contract) -> str | None:
    """Return the largest value of a column, as text that `newer_than` understands."""
    largest = _values(table, column, contract).max()
    if pd.isna(largest):
        return None
    return largest.isoformat() if isinstance(largest, pd.Timestamp) else repr(float(largest))


def newer_than(table: pd.DataFrame, column: str, mark: str, contract: Contract) -> pd.DataFrame:
    """Return the rows whose value is larger than the watermark."""
    values = _values(table, column, contract)
    limit = float(mark) if values.dtype.kind == "f" else pd.Timestamp(mark)
    return table[values > limit]


def _values(table: pd.DataFrame, name: str, contract: Contract) -> pd.Series:
    if name not in contract:
        hint = did_you_mean(name, [column.name for column in contract.columns])
        raise InputError(f'mlops.yaml: source.watermark is "{name}", which contract.yaml does not have{hint}.')
    column = contract[name]
    kind = column if column.type == "date" else Column(name, "numeric")
    return convert_column(table[name], kind, contract.source)
