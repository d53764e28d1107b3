"""The way of a live prediction into the log: appended to a file before it is answered, moved to the log soon after.

An append costs microseconds where a transaction costs milliseconds. What was appended has been handed to the operating
system, so a killed process loses nothing that it has answered; only a power cut may lose the last seconds.

Each process has a file of its own in monitoring/predictions.spool and holds a lock on it as long as it lives. Lines
are moved to the log together with a note of how far the file has been read, in one transaction, so each is there once.
Whoever reads the log moves them first; `serve` also has a process that does so every second.
"""

from __future__ import annotations

import fcntl
import json
import os
import sqlite3
import threading
import time
from typing import TYPE_CHECKING

from .errors import ProjectError
from .log import PREDICTION_COLUMNS, open_log

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

# A file that has grown to this is closed, moved to the log and removed.
FULL = 16 * 1024 * 1024
FAILURE = "failure.txt"
MOVE_SECONDS = 1.0
# Answering comes first.
NICENESS = 10

PROGRESS = "CREATE TABLE IF NOT EXISTS spooled (file TEXT NOT NULL PRIMARY KEY, bytes INTEGER NOT NULL)"
INSERT = f"""
INSERT INTO predictions ({", ".join(PREDICTION_COLUMNS)}) SELECT {", ".join("?" * len(PREDICTION_COLUMNS))}
WHERE NOT EXISTS (SELECT 1 FROM predictions WHERE prediction_id = ?)
"""


class Spool:
    """Appends records of the log, from any thread of one process."""

    def __init__(self, log: Path) -> None:
        self._folder = spool_folder(log)
        self._lock = threading.Lock()
        self._open()

    def append(self, records: Iterable[tuple[object, ...]]) -> None:
        """Append records, in the order of PREDICTION_COLUMNS; all of them, or none and an error.

        Raises:
            OSError: the disk is full, for instance.
        """
        lines = "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)
        content = lines.encode("utf-8", "surrogatepass")
        with self._lock:
            if self._size > FULL:
                self.close()
                self._open()
            try:
                if os.write(self._file, content) < len(content):
                    raise OSError(f"{self._path} could not be written: the disk is full.")
            except OSError:
                # Half a line would spoil the next one.
                os.ftruncate(self._file, self._size)
                raise
            self._size += len(content)

    def close(self) -> None:
        """Close the file; what it holds may be moved to the log by anybody."""
        os.close(self._file)

    def _open(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        name = f"{time.time_ns()}-{os.getpid()}"
        # Locked before it has its name: a file without a lock is one that nobody writes to any more.
        hidden = self._folder / f".{name}"
        self._file = os.open(hidden, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_EXCL, 0o644)
        fcntl.flock(self._file, fcntl.LOCK_EX)
        self._path = hidden.rename(self._folder / f"{name}.jsonl")
        self._size = 0


def spool_folder(log: Path) -> Path:
    return log.with_suffix(".spool")


def ingest(log: Path) -> int:
    """Move what was appended to the log, by whichever process, and return how many predictions that were.

    Several processes may do it at once. Files of processes that have ended are removed.

    Raises:
        ProjectError: the log could not be written.
    """
    files = sorted(spool_folder(log).glob("*.jsonl"))
    if not files:
        return 0
    moved = 0
    with open_log(log) as connection:
        connection.execute(PROGRESS)
        for path in files:
            moved += _ingest_file(connection, path)
    return moved


def keep_moving(log: Path) -> None:
    """Move predictions to the log every second, until the process that started this one is gone.

    Why it fails, if it does, is in the file that `waiting_because` reads; the predictions wait.
    """
    os.nice(NICENESS)
    parent, failure = os.getppid(), spool_folder(log) / FAILURE
    while os.getppid() == parent:
        time.sleep(MOVE_SECONDS)
        try:
            ingest(log)
            failure.unlink(missing_ok=True)
        except (ProjectError, OSError, sqlite3.Error) as error:
            failure.write_text(f"Predictions wait in {spool_folder(log)}: {error}", encoding="utf-8")


def waiting_because(log: Path) -> str | None:
    """Return why predictions are not moved to the log, or None while they are."""
    try:
        return (spool_folder(log) / FAILURE).read_text(encoding="utf-8")
    except FileNotFoundError:
        return None


def _ingest_file(connection: sqlite3.Connection, path: Path) -> int:
    try:
        file = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return 0
    try:
        has_ended = _lock(file)
        moved = _move(connection, path.name, file)
        if has_ended:
            path.unlink(missing_ok=True)
            connection.execute("DELETE FROM spooled WHERE file = ?", [path.name])
        return moved
    finally:
        os.close(file)


def _move(connection: sqlite3.Connection, name: str, file: int) -> int:
    """Move the lines that are not in the log yet, in one transaction; a line without an end was never answered."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        row = connection.execute("SELECT bytes FROM spooled WHERE file = ?", [name]).fetchone()
        start = row[0] if row else 0
        content = os.pread(file, os.fstat(file).st_size - start, start)
        whole = content[: content.rfind(b"\n") + 1]
        records = [json.loads(line) for line in whole.decode("utf-8", "surrogatepass").split("\n")[:-1]]
        if records:
            connection.executemany(INSERT, ([*record, record[0]] for record in records))
            done = [name, start + len(whole)]
            connection.execute("INSERT OR REPLACE INTO spooled (file, bytes) VALUES (?, ?)", done)
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    return len(records)


def _lock(file: int) -> bool:
    """Tell whether the process that wrote a file has ended, by taking the lock that it held."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
