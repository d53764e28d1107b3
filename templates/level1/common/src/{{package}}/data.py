"""The training data: loaded by the contract, and split so that the test rows stay untouched."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

# slot: imports
from .errors import ContractError, InputError, ProjectError, listing, shorten
from .labels import read_labels
from .table import check_columns, convert, read_table

if TYPE_CHECKING:
    from .config import Config
    from .contract import Contract

# More malformed values than this in one column are no slip of the pen: the contract is wrong.
MAX_MALFORMED_SHARE = 0.01


@dataclass(frozen=True)
class Dataset:
    """Rows whose target is known. All tables share one index, 0 to n-1."""

    text: pd.DataFrame
    inputs: pd.DataFrame
    target: pd.Series
    time: pd.Series | None
    notes: list[str]

    def __len__(self) -> int:
        return len(self.target)


@dataclass(frozen=True)
class Split:
    """Positions of the rows: train to fit, validation to tune, test to judge."""

    train: np.ndarray
    validation: np.ndarray
    test: np.ndarray

    @property
    def development(self) -> np.ndarray:
        return np.concatenate([self.train, self.validation])


def load_dataset(config: Config, contract: Contract) -> Dataset:
    """Read the data file that the contract names.

    Raises:
        InputError: the file is missing, or is not what the contract says.
    """
    path = config.root / contract.source.path
    # slot: file
    text = read_table(path, contract)
    check_columns(text, contract, [*contract.required, contract[contract.target]], path)
    target = read_labels(text[contract.target], contract, config.project.task)
    known = target.notna()
    text, target = text[known].reset_index(drop=True), target[known].reset_index(drop=True)
    if text.empty:
        raise InputError(f'{path}: the target "{shorten(contract.target)}" is missing in every row.')
    inputs, malformed = convert(text, contract.inputs, contract.source)
    for problem in malformed:
        if len(problem.rows) > MAX_MALFORMED_SHARE * len(text):
            raise ContractError(f"{path}: {problem}. Correct the data, or the column in contract.yaml.")
    # slot: checks
    notes = [f"treated as missing: {problem}" for problem in malformed]
    if not known.all():
        notes.append(f"left out: {int((~known).sum())} rows without a target")
    time = inputs[contract.time] if contract.time is not None else None
    return Dataset(text, inputs, target, time, notes)


def split(dataset: Dataset, config: Config) -> Split:
    """Split by time where there is a time column, else at random with equal shares of each class.

    At random means by a checksum of each row, so that a row stays where it is when others come or go: a model that was
    trained before is then judged on hardly any row that it has seen.

    Raises:
        ProjectError: there are too few rows, or too few points in time.
    """
    training = config.training
    shares = (training.test_share, training.validation_share)
    if dataset.time is not None:
        return _split_by_time(dataset.time, *shares)
    strata = dataset.target if config.project.task != "regression" else pd.Series(0, index=dataset.target.index)
    known = dataset.text.drop(columns=config.project.target, errors="ignore").astype(str)
    drawn = pd.util.hash_pandas_object(known, index=False, hash_key=f"{training.seed:016d}"[-16:]).to_numpy()
    return _split_at_random(strata, drawn, *shares)


def _split_by_time(time: pd.Series, test_share: float, validation_share: float) -> Split:
    """Put the newest rows into test, those before into validation. Equal times are never parted."""
    order = np.argsort(time.fillna(pd.Timestamp.min).to_numpy(), kind="stable")
    ordered = time.fillna(pd.Timestamp.min).to_numpy()[order]
    starts = np.flatnonzero(ordered[1:] != ordered[:-1]) + 1
    if len(starts) < 2:
        raise ProjectError(
            "The time column has fewer than three different values, too few to split by. "
            "Set project.time in mlops.yaml to null to split at random."
        )
    test = starts[_nearest(starts[1:], len(ordered) * (1 - test_share)) + 1]
    before = starts[starts < test]
    validation = before[_nearest(before, test * (1 - validation_share))]
    return Split(order[:validation], order[validation:test], order[test:])


def _nearest(positions: np.ndarray, wish: float) -> int:
    return int(np.abs(positions - wish).argmin())


def _split_at_random(strata: pd.Series, drawn: np.ndarray, test_share: float, validation_share: float) -> Split:
    parts: dict[str, list[np.ndarray]] = {"train": [], "validation": [], "test": []}
    for _, rows in sorted(strata.groupby(strata).indices.items()):
        shuffled = rows[np.argsort(drawn[rows], kind="stable")]
        test = round(len(rows) * test_share)
        validation = test + round((len(rows) - test) * validation_share)
        parts["test"].append(shuffled[:test])
        parts["validation"].append(shuffled[test:validation])
        parts["train"].append(shuffled[validation:])
    joined = {name: np.sort(np.concatenate(rows)) for name, rows in parts.items()}
    if min(len(rows) for rows in joined.values()) == 0:
        raise ProjectError(f"{len(strata)} rows are too few to train, tune and test on.")
    return Split(**joined)


def check_classes(target: pd.Series, rows: Split) -> None:
    """Check that a classifier can learn from the training rows.

    Raises:
        ProjectError: they hold one class only.
    """
    seen = target.iloc[rows.train].unique()
    if len(seen) < 2:
        raise ProjectError(f"The training rows hold one class only: {listing(seen)}.")
