"""What the log says about predictions: how each turned out, and what it was made from."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from .actuals import current_actuals
from .errors import InputError
from .log import query
from .periods import period_labels

if TYPE_CHECKING:
    import sqlite3

    from .contract import Contract

SECONDS_A_DAY = 86_400


def read_outcomes(connection: sqlite3.Connection, contract: Contract, period: str) -> pd.DataFrame:
    """Return one row for each case that was predicted, with its actual value where that is known.

    A case that was predicted more than once counts once: with the newest prediction whose actual value is known, else
    with its newest. To be asked again about what has turned out already does not undo that it is known.

    Returns:
        Columns prediction_id, timestamp, model_sha256, period, score, prediction, actual (or missing) and delay
        (days from the prediction to its actual value).

    Raises:
        InputError: the log is empty.
    """
    logged = query(
        connection,
        "SELECT prediction_id, timestamp, model_sha256, event_time, coalesce(row_id, fingerprint) AS row_key, "
        "score, prediction FROM predictions ORDER BY rowid",
    )
    if logged.empty:
        raise InputError("Nothing is logged yet. Predict first.")
    event_time = pd.to_datetime(logged["event_time"], format="ISO8601", utc=True)
    logged["period"] = period_labels(event_time, period)
    # Without a time column, the same row may be predicted anew in each period.
    case = ["row_key", "event_time"] if contract.time is not None else ["row_key", "period"]
    joined = logged.merge(current_actuals(connection), on="prediction_id", how="left")
    known_last = joined.iloc[np.argsort(joined["actual"].notna(), kind="stable")]
    outcomes = known_last.drop_duplicates(case, keep="last").sort_index().reset_index(drop=True)
    made = pd.to_datetime(outcomes["timestamp"], format="ISO8601", utc=True)
    labelled = pd.to_datetime(outcomes["labelled_at"], format="ISO8601", utc=True)
    outcomes["delay"] = ((labelled - made).dt.total_seconds() / SECONDS_A_DAY).clip(lower=0)
    return outcomes.drop(columns=["row_key", "event_time", "labelled_at"])


def read_features(connection: sqlite3.Connection, contract: Contract, wanted: pd.Series) -> pd.DataFrame:
    """Return the inputs of some predictions as they were when the model saw them, indexed by prediction_id."""
    logged = query(connection, "SELECT prediction_id, features FROM predictions").set_index("prediction_id")
    rows = logged.loc[wanted, "features"]
    table = pd.DataFrame([json.loads(row) for row in rows], index=rows.index)
    for column in contract.inputs:
        if column.name not in table.columns:
            table[column.name] = None
        if column.type in ("numeric", "boolean"):
            table[column.name] = table[column.name].astype("float64")
        if column.type == "date":
            table[column.name] = pd.to_datetime(table[column.name], format="ISO8601")
    return table[[column.name for column in contract.inputs]]
