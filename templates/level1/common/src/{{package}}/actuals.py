"""Actual values: which prediction each belongs to, and their place in the log.

A file of actual values tells its rows apart in one of three ways, tried in this order: by `prediction_id`, by the
id columns of the contract, or by all inputs (people often have the same rows again, with the target filled in).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from .errors import InputError, listing, shorten
from .labels import read_labels
from .log import ACTUAL_COLUMNS, append, now, query
from .predict import event_times, features_as_json, fingerprints, row_ids
from .table import convert, read_table

if TYPE_CHECKING:
    import sqlite3
    from pathlib import Path

    from .config import Task
    from .contract import Contract

PREDICTION_ID = "prediction_id"
LABELLED_AT = "labelled_at"


@dataclass(frozen=True)
class Recorded:
    """What became of the rows of a file of actual values."""

    rows: int
    joined_by: str
    matched: int
    unknown: int
    without_value: int
    contradicting: int

    def __str__(self) -> str:
        parts = [f"{self.matched:,} of {self.rows:,} actual values belong to logged predictions (by {self.joined_by})"]
        if self.unknown:
            parts.append(f"{self.unknown:,} belong to no logged prediction")
        if self.without_value:
            parts.append(f"{self.without_value:,} rows have no value yet")
        if self.contradicting:
            parts.append(f"{self.contradicting:,} contradict an earlier value; the latest counts")
        return "; ".join(parts)


def record_actuals(connection: sqlite3.Connection, path: Path, contract: Contract, task: Task) -> Recorded:
    """Add the actual values of a file to the log; those that it holds already are not added again.

    Raises:
        InputError: the file has no target, nothing that tells its rows apart, or no row that was predicted.
    """
    table = read_table(path, contract)
    if contract.target not in table.columns:
        raise InputError(f'{path} has no column "{shorten(contract.target)}", the actual value.')
    labels = read_labels(table[contract.target], contract, task)
    known = labels.notna()
    rows, labels = table[known].reset_index(drop=True), labels[known].reset_index(drop=True)
    join = _find_join(rows, contract, path)
    keys = join.keys_of(rows, contract)
    logged = _logged_keys(connection, join)
    matched = keys.isin(logged["key"])
    if not matched.any():
        raise InputError(_no_match(path, keys, logged, join))
    actuals = pd.DataFrame({"key": keys, "actual": labels, "labelled_at": _label_times(rows, path)})
    new, contradicting = _changes(connection, actuals.merge(logged, on="key"))
    append(connection, "actuals", ACTUAL_COLUMNS, new.assign(recorded_at=now()))
    return Recorded(
        rows=len(table),
        joined_by=join.by,
        matched=int(matched.sum()),
        unknown=int((~matched).sum()),
        without_value=int((~known).sum()),
        contradicting=contradicting,
    )


@dataclass(frozen=True)
class Join:
    """What tells rows apart: `prediction_id`, `ids`, `ids and time`, or `inputs`."""

    by: str

    def keys_of(self, rows: pd.DataFrame, contract: Contract) -> pd.Series:
        if self.by == PREDICTION_ID:
            return rows[PREDICTION_ID].astype(str)
        if self.by == "inputs":
            inputs, _ = convert(rows, contract.inputs, contract.source)
            return fingerprints(features_as_json(inputs))
        keys = row_ids(rows, contract)
        if self.by == "ids":
            return keys
        time, _ = convert(rows, [contract[str(contract.time)]], contract.source)
        return keys + event_times(time, contract).fillna("").astype(str)


def _find_join(rows: pd.DataFrame, contract: Contract, path: Path) -> Join:
    if PREDICTION_ID in rows.columns and PREDICTION_ID not in contract:
        return Join(PREDICTION_ID)
    ids = [column.name for column in contract.ids]
    if ids and set(ids) <= set(rows.columns):
        # An id may come again at another time, so the time is part of the key where the file has it.
        return Join("ids and time" if contract.time in rows.columns else "ids")
    missing = [column.name for column in contract.inputs if column.name not in rows.columns]
    if not missing:
        return Join("inputs")
    by_ids = f"the id columns {listing(ids)}, or " if ids else ""
    raise InputError(
        f"{path} does not tell which predictions its rows belong to. It needs the column "
        f'"{PREDICTION_ID}", or {by_ids}all inputs (missing: {listing(missing)}).'
    )


def _logged_keys(connection: sqlite3.Connection, join: Join) -> pd.DataFrame:
    """Return `key` and `prediction_id` of the logged predictions, oldest first.

    A row that was predicted several times shares one key, and its actual value belongs to each of those predictions.
    Only an id without a time may be another case each time: there the newest prediction is meant.
    """
    keys = {
        PREDICTION_ID: "prediction_id",
        "ids": "row_id",
        "ids and time": "row_id || event_time",
        "inputs": "fingerprint",
    }
    logged = query(connection, f"SELECT {keys[join.by]} AS key, prediction_id FROM predictions ORDER BY rowid")
    return logged.drop_duplicates("key", keep="last") if join.by == "ids" else logged


def _label_times(rows: pd.DataFrame, path: Path) -> pd.Series:
    """Return when each value was known: the column `labelled_at` where there is one, else now."""
    if LABELLED_AT not in rows.columns:
        return pd.Series(now(), index=rows.index)
    times = pd.to_datetime(rows[LABELLED_AT], format="ISO8601", errors="coerce", utc=True)
    if times.isna().any():
        wrong = rows.loc[times.isna(), LABELLED_AT]
        raise InputError(f'{path}: column "{LABELLED_AT}" is no time in ISO 8601: {listing(wrong, 5)}.')
    return times.map(lambda time: time.isoformat(timespec="milliseconds"))


def _changes(connection: sqlite3.Connection, joined: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """Return the values that the log does not hold yet, and how many contradict another value of the prediction."""
    recorded = current_actuals(connection).rename(columns={"actual": "recorded"})
    latest = joined.drop_duplicates("prediction_id", keep="last")
    compared = latest.merge(recorded[["prediction_id", "recorded"]], on="prediction_id", how="left")
    new = compared[compared["recorded"].isna() | (compared["recorded"] != compared["actual"])]
    corrected = set(new.loc[new["recorded"].notna(), "prediction_id"])
    values = joined.groupby("prediction_id")["actual"].nunique()
    return new, len(corrected | set(values.index[values > 1]))


def current_actuals(connection: sqlite3.Connection) -> pd.DataFrame:
    """Return the actual value that counts for each prediction: the one that was known last."""
    statement = "SELECT prediction_id, actual, labelled_at FROM actuals ORDER BY labelled_at, rowid"
    return query(connection, statement).drop_duplicates("prediction_id", keep="last")


def _no_match(path: Path, keys: pd.Series, logged: pd.DataFrame, join: Join) -> str:
    examples = (
        ""
        if join.by == "inputs"
        else f", e.g. {listing(keys[:2])} in the file, {listing(logged['key'][:2])} in the log"
    )
    return (
        f"No row of {path} belongs to one of the {len(logged):,} logged predictions (compared by {join.by}{examples}). "
        "Predict for these rows first, or add the column prediction_id."
    )
