"""From the text of a file to values of the type that the contract gives a column."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from pandas.api.types import is_bool_dtype, is_datetime64_any_dtype, is_numeric_dtype

if TYPE_CHECKING:
    from .contract import Column, Source

NARROW_SPACES = "\u00a0\u202f"
EPOCHS = {"epoch-seconds": "s", "epoch-milliseconds": "ms"}


def is_missing(values: pd.Series, column: Column, source: Source) -> pd.Series:
    """Tell which values are missing: blank, or a spelling that the contract lists and no category of the column."""
    if values.dtype != object:
        return values.isna()
    spellings = {"", *(spelling.strip() for spelling in source.missing if spelling not in column.values)}
    return values.isna() | values.astype(str).str.strip().isin(spellings)


def convert_column(values: pd.Series, column: Column, source: Source) -> pd.Series:
    """Convert one column; missing values, and values that are not of the type, become missing.

    Returns:
        float64 for numeric and boolean (1 is true), datetime64 for date, else text.
    """
    if column.type == "numeric":
        return _numbers(values, source)
    if column.type == "boolean":
        return _booleans(values, column)
    if column.type == "date":
        return _dates(values, column)
    return _texts(values)


def _numbers(values: pd.Series, source: Source) -> pd.Series:
    if is_numeric_dtype(values):
        numbers = values.astype("float64")
    else:
        plain = source.decimal == "." and not source.thousands
        text = values if plain else _plain_numbers(values, source)
        numbers = pd.to_numeric(text, errors="coerce").astype("float64")
    return numbers.replace([np.inf, -np.inf], np.nan)


def _plain_numbers(values: pd.Series, source: Source) -> pd.Series:
    """Rewrite numbers like `1.234,5` as `1234.5`; what is no number in the format of the file becomes missing."""
    separator = f"[{source.thousands}{NARROW_SPACES}]" if source.thousands == " " else f"[{source.thousands}]"
    grouped = rf"\d{{1,3}}(?:{separator}\d{{3}})+|" if source.thousands else ""
    decimal = re.escape(source.decimal)
    number = rf"[+-]?(?:(?:{grouped}\d+)(?:{decimal}\d*)?|{decimal}\d+)(?:[eE][+-]?\d+)?"
    text = values.astype("string").str.strip()
    text = text.where(text.str.fullmatch(number).fillna(False).astype(bool))
    if source.thousands:
        text = text.str.replace(separator, "", regex=True)
    return text.str.replace(source.decimal, ".", regex=False).astype(object)


def _booleans(values: pd.Series, column: Column) -> pd.Series:
    if is_bool_dtype(values):
        return values.astype("float64")
    texts = _texts(values)
    spellings = find_spellings(texts, column.values)
    numbers = {text: float(spelling == column.true) for text, spelling in spellings.items()}
    return texts.map(numbers).astype("float64")


def find_spellings(texts: pd.Series, known: tuple[str, ...]) -> dict[str, str]:
    """Map each text to the known value that it spells: pandas writes `True` where a Parquet file had `true`."""
    folded = {value.casefold(): value for value in known}
    is_case_free = len(folded) == len(known)
    spellings = {}
    for text in texts.dropna().unique():
        if text in known:
            spellings[text] = text
        elif is_case_free and text.casefold() in folded:
            spellings[text] = folded[text.casefold()]
    return spellings


def _dates(values: pd.Series, column: Column) -> pd.Series:
    """Convert to times without a zone; those with one are turned into UTC first."""
    if is_datetime64_any_dtype(values):
        dates = pd.to_datetime(values, utc=True)
    elif column.format in EPOCHS:
        dates = pd.to_datetime(pd.to_numeric(values, errors="coerce"), unit=EPOCHS[column.format], utc=True)
    else:
        text = values.astype("string").str.strip().astype(object)
        known = "ISO8601" if column.format == "iso8601" else column.format
        dates = pd.to_datetime(text, format=known, errors="coerce", utc=True)
    return dates.dt.tz_localize(None)


def _texts(values: pd.Series) -> pd.Series:
    """Return text as it is; numbers and truth values of a Parquet file as a person would write them."""
    if values.dtype == object and values.map(type, na_action="ignore").isin([str]).all():
        return values.where(values.notna(), None)
    return values.map(_as_text, na_action="ignore").astype(object)


def _as_text(value: object) -> str:
    if isinstance(value, (bool, np.bool_)):
        return str(value).lower()
    if isinstance(value, (float, np.floating)) and float(value).is_integer():
        return str(int(value))
    return str(value)
