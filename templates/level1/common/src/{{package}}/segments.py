"""Groups of rows, by the value of one input, in which the model is worse than on the whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from .config import Task
    from .contract import Column, Contract

QUARTERS = 4
MOST_VALUES = 50
FEWEST_ROWS = 20


@dataclass(frozen=True)
class Segment:
    """Rows with one value, or range of values, of an input. `error` is their mean error."""

    column: str
    value: str
    rows: int
    error: float


def errors_of(outcomes: pd.DataFrame, task: Task) -> pd.Series:
    """Return the error of each labelled row: its absolute size, or 1 where the class is wrong."""
    if task == "regression":
        return (outcomes["actual"].astype(float) - outcomes["prediction"].astype(float)).abs()
    return (outcomes["actual"] != outcomes["prediction"]).astype(float)


def worst_segments(errors: pd.Series, features: pd.DataFrame, contract: Contract, most: int = 5) -> list[Segment]:
    """Return the segments that stand out most, by how sure it is that they are worse (a z score)."""
    overall, spread = errors.mean(), errors.std()
    if not spread or np.isnan(spread):
        return []
    found = []
    for column in contract.inputs:
        if column.type in ("date", "text"):
            continue
        for value, rows in errors.groupby(groups_of(column, features[column.name])):
            surplus = (rows.mean() - overall) / (spread / np.sqrt(len(rows)))
            if len(rows) >= FEWEST_ROWS and surplus > 2:
                found.append((surplus, Segment(column.name, str(value), len(rows), float(rows.mean()))))
    return [segment for _, segment in sorted(found, key=lambda item: -item[0])[:most]]


def groups_of(column: Column, values: pd.Series) -> pd.Series:
    """Return each row's group: the value itself, the quarter of the numbers, or missing."""
    if column.type == "numeric" and values.nunique() > QUARTERS:
        quarters = pd.qcut(values, QUARTERS, duplicates="drop").astype(object)
        labels = quarters.map(lambda quarter: f"{quarter.left:.4g} to {quarter.right:.4g}", na_action="ignore")
    else:
        frequent = values.value_counts().index[:MOST_VALUES]
        labels = values.where(values.isin(frequent)).map(_spell, na_action="ignore").astype(object)
    return labels.where(values.notna(), "missing")


def _spell(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
