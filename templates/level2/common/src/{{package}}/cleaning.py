"""From collected rows to the rows that the model learns from. Yours: add, change and remove steps here.

Small pure functions: each takes a table of converted columns and returns a new one, and has a test in
tests/test_cleaning.py.
"""

from __future__ import annotations

import pandas as pd


def clean(table: pd.DataFrame, keys: list[str], target: str) -> pd.DataFrame:
    """Return the rows to learn from.

    A filter is one more line here, for instance `table = table[table["price"] > 0]`. So is an aggregate:
    `table = table.groupby(["shop", "day"], as_index=False).agg({"sold": "sum", "price": "mean"})`. The columns that
    come out must still be those of contract.yaml.

    Args:
        keys: the columns that tell rows apart, none where there are no such columns
        target: the column that is predicted
    """
    return keep_labelled(keep_newest(table, keys), target)


def keep_newest(table: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Keep one row for each key: the one that was collected last."""
    return table.drop_duplicates(keys, keep="last") if keys else table


def keep_labelled(table: pd.DataFrame, target: str) -> pd.DataFrame:
    """Keep the rows whose outcome is known."""
    return table[table[target].notna()]
