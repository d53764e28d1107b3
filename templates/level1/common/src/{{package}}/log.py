"""The prediction log: an SQLite file that is only ever added to.

Many processes may write at once (write-ahead log, busy timeout), and a batch is in it whole or not at all, also
when a process is killed.
"""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing, contextmanager
from datetime import datetime, timezone
from typing import TYPE_CHECKING

import pandas as pd

from .errors import InputError, ProjectError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from .config import Config

BUSY_SECONDS = 60

SCHEMA = """
CREATE TABLE IF NOT EXISTS predictions (
    prediction_id TEXT NOT NULL PRIMARY KEY,
    timestamp     TEXT NOT NULL,  -- when it was made, UTC
    model_sha256  TEXT NOT NULL,
    event_time    TEXT NOT NULL,  -- the row's time column, or else the timestamp
    row_id        TEXT,           -- the id columns, as a JSON list
    fingerprint   TEXT NOT NULL,  -- of the features; "#2" for the second equal row of a batch
    features      TEXT NOT NULL,  -- JSON
    score         REAL,
    probabilities TEXT,           -- of each class where there are more than two, as JSON
    prediction                    -- a number, or a class
);
CREATE INDEX IF NOT EXISTS predictions_by_fingerprint ON predictions (fingerprint);
CREATE TABLE IF NOT EXISTS actuals (
    prediction_id TEXT NOT NULL REFERENCES predictions (prediction_id),
    actual        NOT NULL,
    labelled_at   TEXT NOT NULL,  -- when the actual value was known, UTC
    recorded_at   TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS actuals_by_prediction ON actuals (prediction_id);
"""

# INSERT OR REPLACE deletes without firing a trigger for it, so a repeated id is refused before.
APPEND_ONLY = """
CREATE TRIGGER IF NOT EXISTS predictions_keep_rows BEFORE DELETE ON predictions
BEGIN SELECT RAISE(ABORT, 'the prediction log is append-only'); END;
CREATE TRIGGER IF NOT EXISTS predictions_keep_values BEFORE UPDATE ON predictions
BEGIN SELECT RAISE(ABORT, 'the prediction log is append-only'); END;
CREATE TRIGGER IF NOT EXISTS predictions_keep_ids BEFORE INSERT ON predictions
WHEN EXISTS (SELECT 1 FROM predictions WHERE prediction_id = NEW.prediction_id)
BEGIN SELECT RAISE(ABORT, 'the prediction log is append-only'); END;
CREATE TRIGGER IF NOT EXISTS actuals_keep_rows BEFORE DELETE ON actuals
BEGIN SELECT RAISE(ABORT, 'the prediction log is append-only'); END;
CREATE TRIGGER IF NOT EXISTS actuals_keep_values BEFORE UPDATE ON actuals
BEGIN SELECT RAISE(ABORT, 'the prediction log is append-only'); END;
"""

PREDICTION_COLUMNS = (
    "prediction_id",
    "timestamp",
    "model_sha256",
    "event_time",
    "row_id",
    "fingerprint",
    "features",
    "score",
    "probabilities",
    "prediction",
)
ACTUAL_COLUMNS = ("prediction_id", "actual", "labelled_at", "recorded_at")


def find_log(config: Config, given: Path | None, source: Path | None = None) -> Path:
    """Return the log that a command works on.

    Example files have a log of their own beside them, so that they never mix with real predictions. Without a
    file, it is the project's log, or the newest example as long as there are no real predictions.
    """
    if given is not None:
        return given
    if source is not None and source.resolve().parent == config.examples.resolve():
        stem = source.name.split(".")[0].removesuffix("-actuals")
        return config.examples / f"{stem}.sqlite"
    examples = sorted(config.examples.glob("*.sqlite"), key=lambda path: path.stat().st_mtime)
    if source is None and examples and not config.prediction_log.exists():
        return examples[-1]
    return config.prediction_log


@contextmanager
def open_log(path: Path) -> Iterator[sqlite3.Connection]:
    """Open the log to write, and make it where it is missing.

    Raises:
        ProjectError: the file is no log, or other writers kept it busy for a minute.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with closing(sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)) as connection:
            _prepare(connection)
            yield connection
    except sqlite3.Error as error:
        raise ProjectError(f"The prediction log {path} could not be written: {error}.") from error


@contextmanager
def read_log(path: Path) -> Iterator[sqlite3.Connection]:
    """Open the log to read.

    Raises:
        InputError: there is no log yet.
        ProjectError: the file is no log.
    """
    # slot: read
    if not path.is_file():
        raise InputError(f"Nothing is logged yet: there is no {path}. Predict first.")
    with open_log(path) as connection:
        yield connection


def append(connection: sqlite3.Connection, table: str, columns: tuple[str, ...], rows: pd.DataFrame) -> None:
    """Add rows in one transaction."""
    marks = ", ".join("?" * len(columns))
    statement = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"
    records = rows[list(columns)].astype(object)
    connection.execute("BEGIN IMMEDIATE")
    connection.executemany(statement, records.where(records.notna(), None).itertuples(index=False, name=None))
    connection.execute("COMMIT")


def query(connection: sqlite3.Connection, statement: str) -> pd.DataFrame:
    return pd.read_sql_query(statement, connection)


def now() -> str:
    """Return the time as the log writes it."""
    return datetime.now(timezone.utc).isoformat(timespec="milliseconds")


def _prepare(connection: sqlite3.Connection) -> None:
    """Set the log up. Changing the journal mode does not wait for other writers, so it is tried again."""
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            break
        except sqlite3.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
    connection.execute("PRAGMA synchronous = FULL")
    known = connection.execute("SELECT count(*) FROM sqlite_master WHERE type = 'trigger'").fetchone()[0]
    if known < APPEND_ONLY.count("CREATE TRIGGER"):
        connection.executescript(f"BEGIN IMMEDIATE; {SCHEMA} {APPEND_ONLY} COMMIT;")
