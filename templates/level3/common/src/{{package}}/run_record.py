"""The record of a run: what was executed, when, by whom, with what, what came out, and which model was before.

The fields are those that Google's "MLOps: Continuous delivery and automation pipelines in machine learning" asks of a
metadata store: versions of pipeline and steps, times, executor, parameters, pointers to what each step made, the
previous model, and metrics on training and test rows.
"""

from __future__ import annotations

import hashlib
import json
import time
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

import yaml

from .artifact import read_signature
from .champion import read_alias
from .code_state import CodeState
from .data_versions import current_data, find_data_version
from .execution import as_text, read_execution, read_steps
from .fingerprint import fingerprint
from .orchestrator import NAME
from .params import read_parameters

if TYPE_CHECKING:
    from .config import Config

DVC_LOCK = "dvc.lock"


def make_record(config: Config, code: CodeState) -> dict[str, Any]:
    """Return the record of the run that is about to end."""
    execution = read_execution(config)
    version = current_data(config)
    assert version is not None
    previous = read_alias(config.root)
    evaluation = _read_report(config, "evaluation")
    now = time.time()
    return {
        "execution": execution["id"],
        "trigger": execution["trigger"],
        "configuration": execution["environment"],
        "started_at": execution["started_at"],
        "finished_at": as_text(now),
        "seconds": round(now - datetime.fromisoformat(execution["started_at"]).timestamp(), 3),
        "executor": {**execution["executor"], "orchestrator": NAME},
        "code": {"git_sha": code.sha, "git_dirty": code.is_dirty},
        "environment": fingerprint(config),
        "data": asdict(find_data_version(config, version[0])),
        "value_skew": _read_report(config, "data")["value_skew"],
        "parameters": parameters_of(config),
        "steps": _steps(config),
        "model": {"sha256": read_signature(config.root / "models")["sha256"]},
        "previous_model": None if previous is None else {"version": previous.number, "run_id": previous.run_id},
        "metrics": {part: evaluation[part] for part in ("test", "train", "baseline")},
        "metric": evaluation["metric"],
        "validation": _read_report(config, "validation"),
    }


def parameters_of(config: Config) -> dict[str, Any]:
    """Return every setting that a run depends on: sections of mlops.yaml, and params.yaml."""
    sections = {name: config.sections.get(name) for name in ("project", "training", "data")}
    return {**sections, **asdict(read_parameters(config.root))}


def lineage_of(record: dict[str, Any]) -> dict[str, Any]:
    """Return what the registry keeps of a run: enough to find code, data and environment again."""
    return {
        "sha256": record["model"]["sha256"],
        "git_sha": record["code"]["git_sha"],
        "git_dirty": record["code"]["git_dirty"],
        "data_version": record["data"]["name"],
        "environment": record["environment"]["fingerprint"],
        "configuration": record["configuration"],
        "execution": record["execution"],
        "trained_at": record["finished_at"],
    }


def _steps(config: Config) -> dict[str, dict[str, Any]]:
    """Return of each step its version, its times, and what it took and made, as dvc.lock has it."""
    path = config.root / DVC_LOCK
    stages = (yaml.safe_load(path.read_text(encoding="utf-8")) or {}).get("stages", {}) if path.is_file() else {}
    times = read_steps(config)
    return {name: {**_step(stage), **times.get(name, {})} for name, stage in stages.items()}


def _step(stage: dict[str, Any]) -> dict[str, Any]:
    inputs = {each["path"]: each["md5"] for each in stage.get("deps", [])}
    code = {path: md5 for path, md5 in inputs.items() if path.startswith("src/")}
    return {
        "code": _digest([stage["cmd"], code]),
        "configuration": _digest(stage.get("params", {})),
        "inputs": {path: md5 for path, md5 in inputs.items() if path not in code},
        "outputs": {each["path"]: each["md5"] for each in stage.get("outs", [])},
    }


def _digest(content: object) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()[:16]


def _read_report(config: Config, name: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((config.reports / f"{name}.json").read_text(encoding="utf-8"))
    return content
