"""Where runs, models and their files are kept: an SQLite database and folders inside the project."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from .config import Config


def tracking_uri(config: Config) -> str:
    """Return the database of the tracking store, as a URL of SQLAlchemy."""
    return f"sqlite:///{_folder(config) / 'mlflow.sqlite'}"


def artifact_location(config: Config) -> str:
    """Return where the files of runs are kept."""
    return (_folder(config) / "artifacts").as_uri()


def _folder(config: Config) -> Path:
    folder = config.root / "mlruns"
    folder.mkdir(exist_ok=True)
    return folder
