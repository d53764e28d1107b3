"""The step that chooses the rows to fit, to tune and to judge on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from .contract import load_contract
from .data import Split, load_dataset, split
from .params import read_parameters
from .table import write_table

if TYPE_CHECKING:
    from pathlib import Path

    from .config import Config

PARTS = ("train", "validation", "test")


def split_rows(config: Config) -> None:
    """Write data/pipeline/split.parquet: the position of each row that is used, and its part."""
    dataset = load_dataset(config, load_contract(config))
    rows = split(dataset, config)
    # slot: rows
    most = read_parameters(config.root).split.max_rows
    if most is not None:
        rows = _thin_out(rows, most / len(dataset))
    parts = [pd.DataFrame({"row": getattr(rows, part), "part": part}) for part in PARTS]
    write_table(pd.concat(parts), _split_file(config))
    print(", ".join(f"{part} {len(getattr(rows, part)):,}" for part in PARTS))


def read_split(config: Config) -> Split:
    table = pd.read_parquet(_split_file(config))
    return Split(*(table.loc[table["part"] == part, "row"].to_numpy() for part in PARTS))


def _split_file(config: Config) -> Path:
    return config.root / "data" / "pipeline" / "split.parquet"


def _thin_out(rows: Split, share: float) -> Split:
    """Keep a share of each part, spread evenly over it."""
    return Split(*(_spread(getattr(rows, part), share) for part in PARTS))


def _spread(positions: np.ndarray, share: float) -> np.ndarray:
    count = min(len(positions), max(2, round(len(positions) * share)))
    return positions[np.linspace(0, len(positions) - 1, count).round().astype(int)]
