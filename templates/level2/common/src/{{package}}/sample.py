"""A small part of the data that the tests run on: tests/golden/rows.csv, as a project of its own."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import numpy as np
from threadpoolctl import threadpool_limits

from .collected import clean_rows
from .config import SETTINGS_FILE, Config, load_config
from .contract import CONTRACT_FILE, load_contract
from .data import Dataset, Split, load_dataset, split
from .errors import InputError
# slot: imports
from .table import read_table, write_table
from .train import Trained, train

if TYPE_CHECKING:
    from pathlib import Path

# What the sample's project has in common with this one.
FILES = [
    SETTINGS_FILE,
    CONTRACT_FILE,
    # slot: files
]
MAX_ROWS = 2_000
# So many rows of every class are taken, however rare it is.
ROWS_OF_A_CLASS = 50


def golden_folder(config: Config) -> Path:
    return config.root / "tests" / "golden"


def sample_rows(config: Config) -> Path:
    return golden_folder(config) / "rows.csv"


def choose_rows(dataset: Dataset, config: Config) -> np.ndarray:
    """Return the positions of rows spread evenly over the data."""
    chosen = [_spread(np.arange(len(dataset)), MAX_ROWS)]
    if config.project.task != "regression":
        by_class = dataset.target.groupby(dataset.target).indices.values()
        chosen += [_spread(positions, ROWS_OF_A_CLASS) for positions in by_class]
    return np.unique(np.concatenate(chosen))


def sample_project(config: Config, folder: Path) -> Config:
    """Make a folder in which every command works on the sample alone.

    Raises:
        InputError: there is no sample yet.
    """
    if not sample_rows(config).is_file():
        raise InputError(f"There is no {config.relative(sample_rows(config))}: run make golden.")
    for name in FILES:
        shutil.copyfile(config.root / name, folder / name)
    sample = load_config(folder)
    write_table(read_table(sample_rows(config), load_contract(config)), clean_rows(sample))
    return sample


def train_sample(sample: Config) -> tuple[Dataset, Split, Trained]:
    """Train the model on the sample, and judge it on the sample's test rows."""
    contract = load_contract(sample)
    dataset = load_dataset(sample, contract)
    rows = split(dataset, sample)
    with threadpool_limits(sample.training.threads):
        return dataset, rows, train(sample, contract, dataset, rows)


def _spread(positions: np.ndarray, count: int) -> np.ndarray:
    return positions[np.unique(np.linspace(0, len(positions) - 1, count).round().astype(int))]
