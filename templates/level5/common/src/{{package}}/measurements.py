"""One table for all that is measured about the model's life: monitoring/measurements.sqlite.

Jobs and services write rows of one shape; CATALOGUE says what each measure is, in which unit, and about what.
"""

from __future__ import annotations

import math
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from .errors import ProjectError
from .log import BUSY_SECONDS, now

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from .config import Config

SCHEMA = """
CREATE TABLE IF NOT EXISTS measurements (
    at      TEXT NOT NULL,  -- UTC
    name    TEXT NOT NULL,  -- one of CATALOGUE
    subject TEXT NOT NULL,  -- what it is about: a period, an input, a decision, or empty
    value   REAL NOT NULL,
    version TEXT NOT NULL,  -- of the model in use, or empty
    job     TEXT NOT NULL,  -- who has measured it
    PRIMARY KEY (name, subject, at)
)
"""


@dataclass(frozen=True)
class Measure:
    """What a name in the table means. `subject` is what it is measured for, `job` who measures it."""

    unit: str
    subject: str
    job: str
    meaning: str


CATALOGUE = {
    "performance_realised": Measure("of the metric", "period", "monitor", "the metric, on actual values"),
    "performance_estimated": Measure("of the metric", "period", "monitor", "the metric, expected without labels"),
    "label_coverage": Measure("share", "period", "monitor", "predictions whose actual value is known"),
    "label_delay": Measure("days", "period", "monitor", "until half of the actual values were known"),
    "input_drift": Measure("PSI", "input", "monitor", "how far an input lies from the test rows"),
    "source_age": Measure("days", "source", "measure", "since the source delivered something new"),
    "input_unchanged": Measure("days", "input", "measure", "since an input last had another value"),
    "latency": Measure("seconds", "", "serve", "95 of 100 requests were answered within this"),
    "requests": Measure("count", "", "serve", "answered since the row before"),
    "failed_requests": Measure("count", "", "serve", "of these, answered with an error of ours"),
    "decision": Measure("count", "decision", "measure", "a record in decisions.jsonl"),
    "cost": Measure("money", "decision", "measure", "of a decision that cost something, or 0"),
    "net_value": Measure("money", "period", "measure", "what predictions brought, less what running them cost"),
    "rollout_share": Measure("percent", "version", "measure", "of the keys that a candidate answered"),
}


@dataclass(frozen=True)
class Measurement:
    name: str
    value: float
    subject: str = ""
    at: str = ""


def measurements_file(config: Config) -> Path:
    return config.root / "monitoring" / "measurements.sqlite"


def write_measurements(config: Config, job: str, rows: Iterable[Measurement], version: str = "") -> None:
    """Add rows; what is there already, and what is no number, is left out.

    Raises:
        KeyError: a name is not in the catalogue.
        ProjectError: the file cannot be written.
    """
    moment = now()
    records = []
    for row in rows:
        if CATALOGUE[row.name] and math.isfinite(row.value):
            records.append((row.at or moment, row.name, row.subject, float(row.value), version, job))
    path = measurements_file(config)
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with closing(sqlite3.connect(path, timeout=BUSY_SECONDS)) as connection, connection:
            connection.execute(SCHEMA)
            connection.executemany("INSERT OR IGNORE INTO measurements VALUES (?, ?, ?, ?, ?, ?)", records)
    except sqlite3.Error as error:
        raise ProjectError(f"{config.relative(path)} cannot be written: {error}.") from error


def read_measurements(config: Config, name: str | None = None) -> pd.DataFrame:
    """Return all rows, or those of one name, the oldest first."""
    path = measurements_file(config)
    columns = ["at", "name", "subject", "value", "version", "job"]
    if not path.is_file():
        return pd.DataFrame(columns=columns)
    condition, values = ("WHERE name = ?", [name]) if name else ("", [])
    statement = f"SELECT {', '.join(columns)} FROM measurements {condition} ORDER BY at, rowid"
    with closing(sqlite3.connect(path)) as connection:
        return pd.read_sql_query(statement, connection, params=values)
