"""Predictions whose outcome is known become data to train on: data/labelled/rows.parquet, written by the controller.

`make data` takes the file as one more source. Where the project's own source brings the same cases later, cleaning
keeps one of them by their ids.
"""

from __future__ import annotations

import json
import shutil
from datetime import datetime, timezone
from functools import partial
from typing import TYPE_CHECKING

import pandas as pd

from .artifact import file_sha256
from .log import read_log
from .new_rows import labelled_rows
from .outcomes import read_features
from .repairs import repair_logged
from .snapshots import Piece
from .spelling import spell_table
from .table import write_table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from .config import Config
    from .contract import Contract
    from .runs import Snapshot

LONG_AGO = "1970-01-01T00:00:00+00:00"


def labelled_file(config: Config) -> Path:
    return config.root / "data" / "labelled" / "rows.parquet"


def write_labelled(config: Config, contract: Contract) -> int:
    """Write all labelled predictions as contract.yaml spells them, each case once, and return how many they are."""
    with read_log(config.prediction_log) as connection:
        rows = labelled_rows(connection, LONG_AGO, datetime.now(timezone.utc))
        rows = rows.drop_duplicates("case_key", keep="last").reset_index(drop=True)
        inputs = read_features(connection, contract, rows["prediction_id"]).reset_index(drop=True)
    if contract.time is None:
        # With a time column they are repaired together with the rows of the source, on the way from the snapshots.
        inputs = repair_logged(config, contract, inputs, rows["event_time"])
        rows, inputs = rows.loc[inputs.index].reset_index(drop=True), inputs.reset_index(drop=True)
    if rows.empty:
        return 0
    actual = rows["actual"].astype(float) if config.project.task == "regression" else rows["actual"]
    typed = inputs.assign(**{contract.target: actual})
    for place, column in enumerate(contract.ids):
        typed[column.name] = rows["row_id"].map(lambda value, place=place: str(json.loads(value)[place]))
    for column in contract.columns:
        if column.name not in typed.columns:
            typed[column.name] = pd.Series([None] * len(typed), dtype=object)
    write_table(spell_table(typed, contract.columns, contract.source), labelled_file(config))
    return len(rows)


def with_labelled(config: Config, latest: Callable[[str], Snapshot | None], pieces: Iterator[Piece]) -> Iterator[Piece]:
    """Give the pieces of the source, and then the labelled predictions, where they are new."""
    yield from pieces
    path = labelled_file(config)
    if not path.is_file():
        return
    origin, version = config.relative(path).as_posix(), file_sha256(path)
    before = latest(origin)
    if before is None or before.version != version:
        yield Piece(origin, version, "labelled.parquet", partial(shutil.copyfile, path))
