"""The step that records the run, and registers the model as a new version, with all that is needed to go back to it."""

from __future__ import annotations

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from . import artifact, registry
from .code_state import read_code_state
from .contract import CONTRACT_FILE
from .fingerprint import all_locks
from .model_validation import refusals_of
from .own_code import keep_code
from .run_record import lineage_of, make_record
from .tracking import MODEL_FILES, log_run

if TYPE_CHECKING:
    from .config import Config

FILES = (
    artifact.MODEL,
    artifact.SIGNATURE,
    artifact.METRICS,
    artifact.SAMPLE_INPUT,
    artifact.EXPECTED_OUTPUT,
    artifact.REFERENCE,
)
RECORD = "run.json"
PATCH = "changes.patch"
PARAMETERS = "params.yaml"


def register_model(config: Config) -> None:
    """Log the run with its files, and register the model: as challenger, if it has passed validation."""
    code = read_code_state(config.root)
    record = make_record(config, code)
    refusals = refusals_of(record["validation"])
    with TemporaryDirectory() as temporary:
        folder = Path(temporary) / MODEL_FILES
        _collect(config, folder, record, code.patch)
        run_id = log_run(config, record, folder)
    number = registry.register(config, run_id, lineage_of(record), refusals)
    if not refusals:
        registry.set_alias(config, "challenger", number)
    registered = {"version": number, "run_id": run_id, "sha256": record["model"]["sha256"]}
    artifact.write_json(registered, config.root / "models" / "registered.json")
    print(f"version {number}, {'refused' if refusals else 'challenger'}, run {run_id[:8]}")


def _collect(config: Config, folder: Path, record: dict[str, Any], patch: bytes) -> None:
    """Put the files of a version into a folder: the model, and what made it."""
    folder.mkdir()
    for name in FILES:
        shutil.copyfile(config.root / "models" / name, folder / name)
    for name in ("data", "features", "evaluation", "validation"):
        shutil.copyfile(config.reports / f"{name}.json", folder / f"{name}.json")
    shutil.copyfile(config.root / CONTRACT_FILE, folder / CONTRACT_FILE)
    shutil.copyfile(config.root / ".pipeline" / PARAMETERS, folder / PARAMETERS)
    environment = folder / "environment"
    environment.mkdir()
    for path in (*all_locks(config.root), config.root / "pyproject.toml"):
        shutil.copyfile(path, environment / path.name)
    keep_code(folder)
    (folder / PATCH).write_bytes(patch)
    artifact.write_json(record, folder / RECORD)
