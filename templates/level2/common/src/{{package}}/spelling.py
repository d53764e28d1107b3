"""From converted values back to text, as the contract spells it: the opposite of convert.py."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from .convert import EPOCHS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .contract import Column, Source


def spell_table(table: pd.DataFrame, columns: Iterable[Column], source: Source) -> pd.DataFrame:
    """Return every column as text; a missing value is empty."""
    return pd.DataFrame({each.name: spell_column(table[each.name], each, source) for each in columns})


def spell_column(values: pd.Series, column: Column, source: Source) -> pd.Series:
    """Return one column as text, such that reading it by the contract gives the same values again."""
    if column.type == "numeric":
        text = values.map(lambda number: _number(number, source), na_action="ignore")
    elif column.type == "boolean":
        text = values.map({0.0: _spelling_of_no(column), 1.0: column.true})
    elif column.type == "date":
        text = values.map(lambda date: _date(date, column), na_action="ignore")
    else:
        text = values
    return text.astype(object).where(values.notna(), "").astype(str)


def _number(number: float, source: Source) -> str:
    text = str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(float(number))
    return text.replace(".", source.decimal)


def _spelling_of_no(column: Column) -> str:
    return next((value for value in column.values if value != column.true), "")


def _date(date: pd.Timestamp, column: Column) -> str:
    if column.format in EPOCHS:
        unit = pd.Timedelta(1, EPOCHS[column.format])
        return str((date - pd.Timestamp(0)) // unit)
    return date.isoformat() if column.format == "iso8601" else date.strftime(str(column.format))
