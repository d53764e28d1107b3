"""Follow one prediction to where it comes from: model, run, commit, data version, and the raw files' checksums."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import registry
from .artifact import file_sha256
from .data_versions import find_data_version
from .errors import OK, InputError, ProjectError
from .find_run import find_run
from .log import read_log

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    from .config import Config
    from .registry import Registered

PREDICTION = "SELECT timestamp, model_sha256, score, prediction FROM predictions WHERE prediction_id = ?"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("id", help="prediction_id, as the service and `predict` give it")


def run(config: Config, arguments: argparse.Namespace) -> int:
    log, prediction = find_prediction(config, arguments.id)
    version = _version_of(config, prediction["model_sha256"])
    lineage = version.lineage
    data = find_data_version(config, lineage["data_version"])
    changed = ", with changes: changes.patch beside the model" if lineage["git_dirty"] else ""
    print(f"Prediction {arguments.id}: {prediction['prediction']} (score {prediction['score']:.6g})")
    print(f"Made       {prediction['timestamp']}, logged in {config.relative(log)}")
    print(f"Model      version {version.number}, sha256 {prediction['model_sha256']}")
    print(f"Run        {find_run(config, version.run_id).id}, ended {lineage['trained_at']}")
    print(f"Commit     {lineage['git_sha'] or 'none: the code was in no commit'}{changed}")
    print(f"Environment {lineage['environment']}, configuration {lineage['configuration']}")
    print(f"Data       version {data.name}, {data.rows:,} rows, sha256 {data.sha256}")
    missing = []
    for each in data.snapshots:
        kept = _verified(config, each["sha256"])
        state = "not on this machine" if kept is None else f"{config.relative(kept)}, checked"
        missing += [] if kept else [each["origin"]]
        print(f"Raw file   {each['origin']}, {each['rows']:,} rows, sha256 {each['sha256']} ({state})")
    if not data.snapshots:
        raise ProjectError(f"Of data version {data.name} no raw file is known.")
    return OK


def find_prediction(config: Config, prediction_id: str) -> tuple[Path, dict[str, Any]]:
    """Return a prediction, and the log that it is in: the project's, that of a deployment, or of an example.

    Raises:
        InputError: no log has it.
    """
    logs = [
        config.prediction_log,
        *sorted(config.root.glob("deployments/*/monitoring/predictions.sqlite")),
        *sorted(config.examples.glob("*.sqlite")),
    ]
    for log in logs:
        if not log.is_file() and not log.with_suffix(".spool").is_dir():
            continue
        with read_log(log) as connection:
            row = connection.execute(PREDICTION, [prediction_id]).fetchone()
        if row is not None:
            return log, dict(zip(("timestamp", "model_sha256", "score", "prediction"), row, strict=True))
    raise InputError(f'No log has a prediction "{prediction_id}". It is the prediction_id of an answer.')


def _version_of(config: Config, sha256: str) -> Registered:
    """Return the newest version with these bytes; the same data, code and seed make the same model again."""
    found = [each for each in registry.versions(config) if each.lineage.get("sha256") == sha256]
    if not found:
        raise ProjectError(
            f"The model with sha256 {sha256[:12]} is no version of the registry, as one that make train made is not. "
            "Only models that make pipeline makes can be traced."
        )
    return found[0]


def _verified(config: Config, sha256: str) -> Path | None:
    """Return the snapshot with a checksum, after computing it again.

    Raises:
        ProjectError: the file is there, and its bytes are others.
    """
    for path in config.root.glob(f"data/snapshots/*/{sha256[:12]}-*"):
        actual = file_sha256(path)
        if actual != sha256:
            raise ProjectError(f"{config.relative(path)} has been changed: sha256 {actual}, was {sha256}.")
        return path
    return None
