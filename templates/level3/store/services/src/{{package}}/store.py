"""Where runs, models and their files are kept: a PostgreSQL database, and a bucket of S3 or what speaks as it does."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .errors import InputError
from .settings import expect, read_settings

if TYPE_CHECKING:
    from .config import Config


@dataclass(frozen=True)
class Store:
    """The section `store` of mlops.yaml."""

    database_variable: str = "MLFLOW_DATABASE_URL"
    artifacts: str = "s3://ml-store/runs"


def tracking_uri(config: Config) -> str:
    """Return the database of the tracking store, as a URL of SQLAlchemy.

    Raises:
        InputError: the environment variable that holds it is not set.
    """
    name = read_settings(config, "store", Store).database_variable
    url = os.environ.get(name)
    if not url:
        raise InputError(
            f"{name} is not set: the database of runs and versions, such as "
            "postgresql+psycopg://USER:PASSWORD@HOST/DATABASE (store.database_variable in mlops.yaml)."
        )
    return url


def artifact_location(config: Config) -> str:
    """Return where the files of runs are kept."""
    location = read_settings(config, "store", Store).artifacts
    expect(location.startswith("s3://"), "store.artifacts", location, "a URL such as s3://ml-store/runs")
    return location


def follow(_config: Config, _recorded: str) -> None:
    """A bucket does not move with the project's folder."""
