"""MLflow: where runs are tracked and model versions registered. It takes seconds to import, so only here."""

from __future__ import annotations

import logging
import os
from typing import TYPE_CHECKING

from .store import artifact_location, tracking_uri

if TYPE_CHECKING:
    from mlflow import MlflowClient

    from .config import Config

# Read by MLflow when it is imported.
os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
os.environ.setdefault("MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT", "true")
os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")
# What it says on making its tables is of no use to people.
logging.getLogger("mlflow.store").setLevel(logging.WARNING)
logging.getLogger("alembic").setLevel(logging.WARNING)


def connect(config: Config) -> MlflowClient:
    """Return a client of the tracking store and the registry that mlops.yaml names."""
    from mlflow import MlflowClient

    uri = tracking_uri(config)
    return MlflowClient(tracking_uri=uri, registry_uri=uri)


def experiment_id(config: Config, client: MlflowClient) -> str:
    """Return the experiment that holds the runs of this project; it is made with the first one."""
    found = client.get_experiment_by_name(config.project.name)
    if found is not None:
        return str(found.experiment_id)
    return str(client.create_experiment(config.project.name, artifact_location=artifact_location(config)))
