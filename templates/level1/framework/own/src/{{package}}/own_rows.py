"""Rows as your own code knows them: a file with the columns, the order and the spelling of the data file."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import pandas as pd

from .convert import EPOCHS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .contract import Column, Source


def as_file(inputs: pd.DataFrame, target: pd.Series | None, columns: Iterable[Column], source: Source) -> pd.DataFrame:
    """Return converted rows as text, in all columns of the data file but an unknown target.

    A column that identifies a row holds its number, and one that is ignored is empty: the model has no use for either.
    """
    spelled: dict[str, pd.Series] = {}
    for column in columns:
        if column.name in inputs:
            spelled[column.name] = _spell(inputs[column.name], column, source)
        elif column.type in ("id", "ignore"):
            numbers = [str(number) if column.type == "id" else "" for number in range(len(inputs))]
            spelled[column.name] = pd.Series(numbers, index=inputs.index)
        elif target is not None:
            spelled[column.name] = _spell(target, column, source)
    return pd.DataFrame(spelled)


def as_csv(rows: pd.DataFrame, source: Source, *, header: bool = True) -> str:
    """Return rows as CSV, in the dialect of the data file."""
    text = io.StringIO()
    quoting = csv.QUOTE_MINIMAL if source.quote else csv.QUOTE_NONE
    rows.to_csv(text, index=False, sep=source.delimiter, quotechar=source.quote or '"', quoting=quoting, header=header)
    return text.getvalue()


def _spell(values: pd.Series, column: Column, source: Source) -> pd.Series:
    if values.dtype == "float64":
        is_boolean = column.type == "boolean"
        text = values.map(lambda value: _truth(value, column) if is_boolean else _number(value, source))
    elif column.type == "date":
        text = values.map(lambda date: _date(date, column), na_action="ignore")
    else:
        text = values
    return text.astype(object).where(values.notna(), source.missing[0] if source.missing else "").astype(str)


def _number(number: float, source: Source) -> str:
    if pd.isna(number):
        return ""
    text = str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(float(number))
    return text.replace(".", source.decimal)


def _truth(value: float, column: Column) -> str:
    return str(column.true) if value else next((each for each in column.values if each != column.true), "")


def _date(date: pd.Timestamp, column: Column) -> str:
    if column.format in EPOCHS:
        return str((date - pd.Timestamp(0)) // pd.Timedelta(1, EPOCHS[column.format]))
    return date.isoformat() if column.format == "iso8601" else date.strftime(str(column.format))
