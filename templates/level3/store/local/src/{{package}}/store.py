"""Where runs, models and their files are kept: an SQLite database and folders inside the project."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from .config import Config

DATABASE = "mlflow.sqlite"
# Where MLflow has whole paths.
PATHS = (("experiments", "artifact_location"), ("runs", "artifact_uri"))


def tracking_uri(config: Config) -> str:
    """Return the database of the tracking store, as a URL of SQLAlchemy."""
    return f"sqlite:///{_folder(config) / DATABASE}"


def artifact_location(config: Config) -> str:
    """Return where the files of runs are kept."""
    return (_folder(config) / "artifacts").as_uri()


def follow(config: Config, recorded: str) -> None:
    """Let the database name files where they are now, after the project's folder was moved."""
    now = artifact_location(config)
    if recorded == now:
        return
    with closing(sqlite3.connect(_folder(config) / DATABASE)) as connection, connection:
        for table, column in PATHS:
            connection.execute(f"UPDATE {table} SET {column} = replace({column}, ?, ?)", (recorded, now))


def _folder(config: Config) -> Path:
    folder = config.root / "mlruns"
    folder.mkdir(exist_ok=True)
    return folder
