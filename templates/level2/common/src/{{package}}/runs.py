"""The run log: an SQLite file that remembers every snapshot that was taken, and every run of the pipeline."""

from __future__ import annotations

import sqlite3
from contextlib import closing, contextmanager
from dataclasses import astuple, dataclass
from datetime import datetime, timezone
from typing import TYPE_CHECKING

from .errors import ProjectError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SCHEMA = """
CREATE TABLE IF NOT EXISTS snapshots (
    id        INTEGER PRIMARY KEY,
    origin    TEXT NOT NULL,     -- the file, object or table that it was taken from
    version   TEXT NOT NULL,     -- of the origin, as the source tells versions apart
    is_whole  INTEGER NOT NULL,  -- 1: takes the place of earlier ones; 0: holds the rows that have come since
    path      TEXT NOT NULL,
    sha256    TEXT NOT NULL,
    rows      INTEGER NOT NULL,
    watermark TEXT,              -- the largest value of the watermark column
    taken_at  TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS runs (
    id          INTEGER PRIMARY KEY,
    started_at  TEXT NOT NULL,
    finished_at TEXT,
    status      TEXT NOT NULL,   -- running, published, no new data, failed
    taken       INTEGER NOT NULL DEFAULT 0,  -- snapshots
    rows_in     INTEGER,
    quarantined INTEGER,
    rows_out    INTEGER,
    inputs      TEXT,            -- sha256 of all that the clean rows depend on
    output      TEXT,            -- sha256 of the clean rows
    message     TEXT
);
"""


@dataclass(frozen=True)
class Snapshot:
    """A file that was taken from the source, and is never rewritten. `path` is relative to the project."""

    origin: str
    version: str
    is_whole: bool
    path: str
    sha256: str
    rows: int
    watermark: str | None


class RunLog:
    """What is known of earlier runs, and what this one adds to it."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._run = 0

    def start(self) -> None:
        # A run that is still marked as running was killed: only one runs at a time.
        self._execute("UPDATE runs SET status = 'failed', message = 'killed' WHERE status = 'running'")
        self._run = self._execute("INSERT INTO runs (started_at, status) VALUES (?, 'running')", _now()).lastrowid or 0

    def finish(self, status: str, **facts: object) -> None:
        assignments = "".join(f", {name} = ?" for name in facts)
        self._execute(
            f"UPDATE runs SET status = ?, finished_at = ?{assignments} WHERE id = ?",
            status,
            _now(),
            *facts.values(),
            self._run,
        )

    def add(self, snapshot: Snapshot) -> None:
        self._execute(
            "INSERT INTO snapshots (origin, version, is_whole, path, sha256, rows, watermark, taken_at) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            *astuple(snapshot),
            _now(),
        )

    def latest(self, origin: str) -> Snapshot | None:
        """Return the newest snapshot of an origin."""
        found = self._snapshots("WHERE origin = ? ORDER BY id DESC LIMIT 1", origin)
        return found[0] if found else None

    def current(self) -> list[Snapshot]:
        """Return the snapshots that together are the data: of each origin the last whole one, and all since."""
        return self._snapshots(
            "AS one WHERE id >= (SELECT max(id) FROM snapshots WHERE origin = one.origin AND is_whole) ORDER BY id"
        )

    def last_published(self) -> tuple[str, str] | None:
        """Return what the clean rows were made from, and their own checksum."""
        row = self._execute(
            "SELECT inputs, output FROM runs WHERE status = 'published' ORDER BY id DESC LIMIT 1"
        ).fetchone()
        return None if row is None else (row[0], row[1])

    def _snapshots(self, rest: str, *values: object) -> list[Snapshot]:
        columns = "origin, version, is_whole, path, sha256, rows, watermark"
        rows = self._execute(f"SELECT {columns} FROM snapshots {rest}", *values).fetchall()
        return [Snapshot(row[0], row[1], bool(row[2]), *row[3:]) for row in rows]

    def _execute(self, statement: str, *values: object) -> sqlite3.Cursor:
        return self._connection.execute(statement, values)


@contextmanager
def open_runs(path: Path) -> Iterator[RunLog]:
    """Open the run log, for one process at a time.

    Raises:
        ProjectError: another process collects data right now, or the file is damaged.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        # The lock is on a file of its own, so that each entry of the log is safe at once. It ends with the process.
        with closing(sqlite3.connect(path.with_suffix(".lock"), timeout=0, isolation_level=None)) as lock:
            _lock(lock)
            with closing(sqlite3.connect(path, isolation_level=None)) as connection:
                connection.executescript(SCHEMA)
                yield RunLog(connection)
    except sqlite3.Error as error:
        raise ProjectError(f"The run log {path} cannot be used: {error}.") from error


def _lock(connection: sqlite3.Connection) -> None:
    try:
        connection.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError as error:
        raise ProjectError("Data is being collected by another process. Try again when it is done.") from error


def _now() -> str:
    return datetime.now(timezone.utc).isoformat(timespec="milliseconds")
