"""The model as files: what one person hands to another.

models/model.joblib         the scorer
models/signature.json       its inputs and outputs, its checksum, and the libraries it was made with
models/metrics.json         how good it is, beside a baseline
models/sample_input.csv     a few rows, and
models/expected_output.csv  what the model says about them
models/reference.parquet    its predictions on the test rows, which monitoring compares with
"""

from __future__ import annotations

import hashlib
import json
import platform
from dataclasses import dataclass
from importlib import metadata
from typing import TYPE_CHECKING, Any

import joblib
import pandas as pd

from .errors import InputError, ProjectError, listing
# slot: imports
from .table import replacing, write_table

if TYPE_CHECKING:
    from pathlib import Path

    from .contract import Contract
    from .scorer import Scorer

MODEL = "model.joblib"
SIGNATURE = "signature.json"
METRICS = "metrics.json"
SAMPLE_INPUT = "sample_input.csv"
EXPECTED_OUTPUT = "expected_output.csv"
REFERENCE = "reference.parquet"
FEATURE_PREFIX = "feature: "
LIBRARIES = ("scikit-learn", "lightgbm", "numpy", "pandas", "joblib")


@dataclass(frozen=True)
class Artifact:
    """A model that was loaded, and what is known about it."""

    scorer: Scorer
    signature: dict[str, Any]

    @property
    def sha256(self) -> str:
        return str(self.signature["sha256"])


def load_artifact(folder: Path, contract: Contract | None = None) -> Artifact:
    """Load the model, after checking that its bytes are those that were signed.

    Raises:
        InputError: there is no model yet, or it was trained by another contract.
        ProjectError: the bytes of the model are not those of its signature.
    """
    signature = read_signature(folder)
    actual = file_sha256(folder / MODEL)
    if actual != signature["sha256"]:
        raise ProjectError(
            f"{folder / MODEL} is not the file that {SIGNATURE} describes (sha256 {actual[:12]}, expected "
            f"{signature['sha256'][:12]}), so it was not loaded. Train again, or restore both files."
        )
    if contract is not None:
        _check_inputs(signature, contract)
    # slot: load
    return Artifact(joblib.load(folder / MODEL), signature)


def save_model(scorer: Scorer, folder: Path) -> str:
    """Write the model file and return its sha256."""
    with replacing(folder / MODEL) as temporary:
        joblib.dump(scorer, temporary, compress=3)
    return file_sha256(folder / MODEL)


def read_signature(folder: Path) -> dict[str, Any]:
    return _read_json(folder / SIGNATURE)


def read_metrics(folder: Path) -> dict[str, Any]:
    return _read_json(folder / METRICS)


def write_json(content: dict[str, Any], path: Path) -> None:
    with replacing(path) as temporary:
        temporary.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def write_reference(outcomes: pd.DataFrame, inputs: pd.DataFrame, path: Path) -> None:
    """Write test rows and their predictions; the prefix keeps inputs apart from our own columns."""
    write_table(outcomes.join(inputs.add_prefix(FEATURE_PREFIX)), path)


def read_reference(folder: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the outcomes of the test rows, and their inputs."""
    path = folder / REFERENCE
    if not path.is_file():
        raise InputError(f"There is no {path}. Train the model first.")
    table = pd.read_parquet(path)
    features = [name for name in table.columns if name.startswith(FEATURE_PREFIX)]
    inputs = table[features].rename(columns=lambda name: name.removeprefix(FEATURE_PREFIX))
    return table.drop(columns=features), inputs


def library_versions() -> dict[str, str]:
    """Return the versions of the libraries that the model's bytes depend on, Python's own first."""
    versions = {"python": platform.python_version()}
    for name in LIBRARIES:
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return versions


def file_sha256(path: Path) -> str:
    """Return a file's checksum.

    Raises:
        InputError: there is no such file.
    """
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except FileNotFoundError as error:
        raise InputError(f"There is no {path}. Train the model first.") from error


def _read_json(path: Path) -> dict[str, Any]:
    try:
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise InputError(f"There is no {path}. Train the model first.") from error
    except ValueError as error:
        raise ProjectError(f"{path} is damaged: {error}. Train again, or restore it.") from error
    return content


def _check_inputs(signature: dict[str, Any], contract: Contract) -> None:
    signed = {entry["name"]: entry["type"] for entry in signature["inputs"]}
    agreed = {column.name: column.type for column in contract.inputs}
    differing = [name for name in {**signed, **agreed} if signed.get(name) != agreed.get(name)]
    if differing:
        raise InputError(f"contract.yaml has changed since the model was trained: {listing(differing)}. Train again.")
