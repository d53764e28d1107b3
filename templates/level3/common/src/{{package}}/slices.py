"""Slices: the rows with one value, or range of values, of an input, in which a model has to be good as well."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from .segments import groups_of

if TYPE_CHECKING:
    from .config import Task
    from .contract import Contract
    from .params import Slices

# One in twenty trainings of an equally good model may be refused by chance, over all slices together.
FALSE_ALARMS = 0.05


@dataclass(frozen=True)
class Slice:
    """Positions of the rows in which an input has a value, or lies in a range."""

    column: str
    value: str
    rows: np.ndarray

    def __str__(self) -> str:
        return f"{self.column} = {self.value}"


@dataclass(frozen=True)
class Loss:
    """A slice in which a model is surely worse than another; both errors are means over its rows."""

    slice: Slice
    error: float
    other_error: float

    def __str__(self) -> str:
        return f"{self.slice}: error {self.error:.4g}, was {self.other_error:.4g} ({len(self.slice.rows):,} rows)"


def find_slices(inputs: pd.DataFrame, contract: Contract, settings: Slices) -> list[Slice]:
    """Return the slices of all inputs that the contract knows as values or numbers."""
    found = []
    for column in contract.inputs:
        if column.type in ("date", "text"):
            continue
        groups = groups_of(column, inputs[column.name])
        indices = groups.groupby(groups).indices
        if len(indices) <= settings.max_values:
            large = {value: rows for value, rows in indices.items() if len(rows) >= settings.min_rows}
            found += [Slice(column.name, str(value), rows) for value, rows in sorted(large.items())]
    return found


def row_errors(outcomes: pd.DataFrame, task: Task, positive: str | None) -> np.ndarray:
    """Return the error of each row: absolute for numbers, squared error of the score for yes or no, else 0 or 1."""
    if task == "regression":
        return (outcomes["actual"] - outcomes["prediction"]).abs().to_numpy(dtype="float64")
    if task == "binary":
        return ((outcomes["actual"] == positive) - outcomes["score"].astype(float)).pow(2).to_numpy()
    return (outcomes["actual"] != outcomes["prediction"]).to_numpy(dtype="float64")


def find_losses(errors: np.ndarray, others: np.ndarray, slices: list[Slice], drop: float) -> list[Loss]:
    """Return the slices in which errors are surely larger than others, the worst first.

    Errors are of the same rows, so their differences are tested: one-sided and paired, at a level that is shared among
    the slices (Bonferroni). A slice in which the mean error is not larger by the share `drop` does not count.
    """
    limit = NormalDist().inv_cdf(1 - FALSE_ALARMS / max(1, len(slices)))
    found = []
    for each in slices:
        difference = errors[each.rows] - others[each.rows]
        spread = float(difference.std(ddof=1)) / np.sqrt(len(difference))
        before = float(others[each.rows].mean())
        worse = float(difference.mean())
        if worse > drop * before and worse > limit * spread:
            found.append((worse / before if before else np.inf, Loss(each, before + worse, before)))
    return [loss for _, loss in sorted(found, key=lambda item: -item[0])]
