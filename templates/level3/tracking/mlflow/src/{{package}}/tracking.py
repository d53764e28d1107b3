"""MLflow: where runs are tracked and model versions registered. It takes seconds to import, so only here."""

from __future__ import annotations

import logging
import os
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .store import artifact_location, follow, tracking_uri

if TYPE_CHECKING:
    from mlflow import MlflowClient

    from .config import Config

# The folder of a run that holds the files of its model.
MODEL_FILES = "model"
# So long may the value of a parameter be.
MOST_TEXT = 6_000

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
    client = MlflowClient(tracking_uri=uri, registry_uri=uri)
    found = client.get_experiment_by_name(config.project.name)
    if found is not None:
        follow(config, found.artifact_location)
    return client


def experiment_id(config: Config, client: MlflowClient) -> str:
    """Return the experiment that holds the runs of this project; it is made with the first one."""
    found = client.get_experiment_by_name(config.project.name)
    if found is not None:
        return str(found.experiment_id)
    return str(client.create_experiment(config.project.name, artifact_location=artifact_location(config)))


def log_run(config: Config, record: dict[str, Any], folder: Path) -> str:
    """Log a finished run, with the files of `folder`, and return its id."""
    from mlflow.entities import Metric, Param

    client = connect(config)
    run_id = start_run(config, client, record["execution"], _tags(record), record["started_at"])
    now = _milliseconds(record["finished_at"])
    metrics = [
        Metric(f"{part}_{name}", value, now, 0)
        for part, values in record["metrics"].items()
        for name, value in values.items()
        if value is not None
    ]
    parameters = [Param(name, str(value)[:MOST_TEXT]) for name, value in flatten(record["parameters"]).items()]
    client.log_batch(run_id, metrics=metrics, params=parameters)
    client.log_artifacts(run_id, str(folder), folder.name)
    client.set_terminated(run_id, end_time=int(time.time() * 1000))
    return run_id


def log_failure(config: Config, execution: dict[str, Any], failure: dict[str, Any]) -> str:
    """Log a run in which a step failed, and return its id."""
    client = connect(config)
    tags = {"execution": execution["id"], "failed_step": failure["step"], "message": failure["message"]}
    run_id = start_run(config, client, execution["id"], tags, execution["started_at"])
    client.set_terminated(run_id, "FAILED")
    return run_id


def start_run(
    config: Config, client: MlflowClient, name: str, tags: dict[str, str], started_at: str | None = None
) -> str:
    """Start a run, and return its id."""
    start = None if started_at is None else _milliseconds(started_at)
    made = client.create_run(experiment_id(config, client), start_time=start, tags=tags, run_name=name)
    return str(made.info.run_id)


def flatten(values: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    """Return nested settings under one name each, such as training.seed."""
    flat: dict[str, Any] = {}
    for name, value in values.items():
        key = f"{prefix}{name}"
        if isinstance(value, dict):
            flat.update(flatten(value, f"{key}."))
        else:
            flat[key] = value
    return flat


def _tags(record: dict[str, Any]) -> dict[str, str]:
    """Return what runs are searched by; run.json among the files of the run has all of it."""
    previous = record["previous_model"]
    return {
        "execution": record["execution"],
        "configuration": record["configuration"],
        "trigger": record["trigger"],
        "mlflow.user": record["executor"]["user"],
        "host": record["executor"]["host"],
        "git_sha": record["code"]["git_sha"] or "",
        "git_dirty": str(record["code"]["git_dirty"]).lower(),
        "data_version": record["data"]["name"],
        "environment": record["environment"]["fingerprint"],
        "model_sha256": record["model"]["sha256"],
        "previous_model": "" if previous is None else str(previous["version"]),
        "validation": "passed" if record["validation"]["passed"] else "failed",
        "value_skew": ", ".join(each["input"] for each in record["value_skew"]),
    }


def _milliseconds(moment: str) -> int:
    return int(datetime.fromisoformat(moment).timestamp() * 1000)


@dataclass(frozen=True)
class Run:
    """A run as it is tracked: what it was told, what came out, and what it is found by."""

    id: str
    name: str
    status: str
    parameters: dict[str, str]
    metrics: dict[str, float]
    tags: dict[str, str]


def find_runs(config: Config) -> list[Run]:
    """Return the runs of this project, the newest first."""
    client = connect(config)
    found = client.search_runs([experiment_id(config, client)], order_by=["attributes.start_time DESC"])
    return [
        Run(
            id=each.info.run_id,
            name=each.info.run_name,
            status=each.info.status,
            parameters=dict(each.data.params),
            metrics=dict(each.data.metrics),
            tags={name: value for name, value in each.data.tags.items() if not name.startswith("mlflow.")},
        )
        for each in found
    ]


def fetch_files(config: Config, run_id: str, folder: Path) -> Path:
    """Fetch the files that a run has logged with its model, and return where they are."""
    return Path(connect(config).download_artifacts(run_id, MODEL_FILES, str(folder)))


def log_study(config: Config, name: str, tags: dict[str, str]) -> str:
    """Start the run that the trials of a search belong to, and return its id."""
    return start_run(config, connect(config), name, tags)


def log_trial(
    config: Config, parent: str, name: str, parameters: dict[str, Any], scores: list[float], label: str
) -> None:
    """Log a finished trial as a run nested in that of the search; `scores` has one value a fold."""
    from mlflow.entities import Metric, Param

    client = connect(config)
    run_id = start_run(config, client, name, {"mlflow.parentRunId": parent})
    now = int(time.time() * 1000)
    metrics = [Metric(label, score, now, step) for step, score in enumerate(scores)]
    client.log_batch(run_id, metrics=metrics, params=[Param(key, str(value)) for key, value in parameters.items()])
    client.set_terminated(run_id)


def finish_study(config: Config, run_id: str, parameters: dict[str, Any], label: str, best: float) -> None:
    """End the run of a search, with the best that it found."""
    from mlflow.entities import Metric, Param

    client = connect(config)
    params = [Param(key, str(value)) for key, value in parameters.items()]
    client.log_batch(run_id, metrics=[Metric(label, best, int(time.time() * 1000), 0)], params=params)
    client.set_terminated(run_id)
