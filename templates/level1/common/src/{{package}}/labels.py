"""The target's values, in the training data and in a file of actual values: read the same way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from .contract import Column
from .convert import convert_column, find_spellings, is_missing
from .errors import InputError
from .table import Malformed

if TYPE_CHECKING:
    from .config import Task
    from .contract import ColumnType, Contract


def read_labels(values: pd.Series, contract: Contract, task: Task) -> pd.Series:
    """Return numbers for regression, else classes as contract.yaml spells them; missing stays missing.

    Raises:
        InputError: a value is no number, or no class of the contract.
    """
    kind: ColumnType = "numeric" if task == "regression" else "categorical"
    column = Column(contract.target, kind, values=contract.classes)
    missing = is_missing(values, column, contract.source)
    labels = convert_column(values.mask(missing), column, contract.source)
    if task != "regression":
        labels = labels.map(_spellings(labels, contract.classes)).astype(object)
    malformed = (labels.isna() & ~missing).to_numpy()
    if malformed.any():
        rows = [int(row) + 1 for row in malformed.nonzero()[0]]
        raise InputError(f"The target, {Malformed(column, rows, [str(value) for value in values[malformed]])}.")
    return labels


def _spellings(labels: pd.Series, classes: tuple[str, ...]) -> dict[str, str]:
    """Map each label to its class; `1.0` and `01` are the class `1` where classes are numbers."""
    by_number = {number: each for each in classes if (number := _number(each)) is not None}
    spellings = find_spellings(labels, classes)
    for label in labels.dropna().unique():
        if label not in spellings and (number := _number(label)) in by_number:
            spellings[label] = by_number[number]
    return spellings


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
