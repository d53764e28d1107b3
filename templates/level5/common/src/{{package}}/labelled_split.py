"""Which rows a retraining learns from, and which judge it, where labelled predictions are among them.

Split by time, the newest rows all judge, and a model would learn nothing of a world that has just changed. So of the
labelled predictions three in ten judge, and the others are learned from; which is which is drawn by the case itself,
so a case that has judged never becomes one to learn from. The test rows of before are left out, to judge as well. After
concept drift older rows tell of a world that is gone: with enough new ones, they are not learned from.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from .artifact import write_json
from .contract import load_contract
from .data import Split
from .labelled import labelled_file
from .table import read_table

if TYPE_CHECKING:
    from pathlib import Path

    from .config import Config
    from .contract import Contract
    from .data import Dataset

JUDGES = 0.3
# Fewer rows judge nothing.
FEWEST_JUDGES = 100


def plan_file(config: Config) -> Path:
    return labelled_file(config).with_name("plan.json")


def write_plan(config: Config, *, only_new: bool) -> None:
    """Say, before the pipeline is run, whether older rows are learned from."""
    write_json({"only_new": only_new}, plan_file(config))


def learn_from_labelled(config: Config, dataset: Dataset, rows: Split) -> Split:
    """Return the split with labelled predictions in each part; where there are too few of them, as it was."""
    path = labelled_file(config)
    if not path.is_file():
        return rows
    contract = load_contract(config)
    new = _keys(dataset.text, contract).isin(_keys(read_table(path, contract), contract)).to_numpy()
    drawn = _drawn(dataset.text, contract)
    judges = np.flatnonzero(new & (drawn < JUDGES))
    if len(judges) < FEWEST_JUDGES:
        return rows
    tunes = drawn < JUDGES + (1 - JUDGES) * config.training.validation_share
    validation, train = np.flatnonzero(new & tunes & (drawn >= JUDGES)), np.flatnonzero(new & ~tunes)
    if _only_new(config):
        return Split(train, validation, judges)
    old_train, old_validation = (part[~new[part]] for part in (rows.train, rows.validation))
    return Split(np.concatenate([old_train, train]), np.concatenate([old_validation, validation]), judges)


def _only_new(config: Config) -> bool:
    path = plan_file(config)
    return path.is_file() and bool(json.loads(path.read_text(encoding="utf-8"))["only_new"])


def _keys(text: pd.DataFrame, contract: Contract) -> pd.Series:
    """Return what tells cases apart: ids and time, or else all that is known of them."""
    names = [column.name for column in contract.ids]
    if names and contract.time is not None:
        names.append(contract.time)
    if not names:
        names = [column.name for column in contract.inputs] + [contract.target]
    return pd.util.hash_pandas_object(text[names].astype(str), index=False)


def _drawn(text: pd.DataFrame, contract: Contract) -> np.ndarray:
    """Return a number from 0 to 1 for each row, always the same for the same case."""
    keys = _keys(text, contract).to_numpy(dtype="uint64")
    return keys.astype("float64") / 2**64
