"""What is known of one execution of the pipeline: when each step ran, for how long, who ran it.

.pipeline/execution.json   the execution that runs now, or ran last
.pipeline/steps/STEP.json  the last time that each step ran
.pipeline/failure.json     the step that failed in it
"""

from __future__ import annotations

import getpass
import json
import platform
import time
import uuid
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from .artifact import write_json

if TYPE_CHECKING:
    from pathlib import Path

    from .config import Config


def begin_execution(config: Config, environment: str, trigger: str) -> dict[str, Any]:
    """Write down that an execution begins, and return what identifies it."""
    now = time.time()
    execution = {
        "id": f"{datetime.fromtimestamp(now, timezone.utc):%Y%m%dT%H%M%S}-{uuid.uuid4().hex[:6]}",
        "environment": environment,
        "trigger": trigger,
        "executor": {"user": _user(), "host": platform.node()},
        "started_at": as_text(now),
    }
    folder = _folder(config)
    (folder / "failure.json").unlink(missing_ok=True)
    write_json(execution, folder / "execution.json")
    return execution


def read_execution(config: Config) -> dict[str, Any]:
    """Return the execution that runs now; a step that a person runs alone is one by itself."""
    return read_record(_folder(config) / "execution.json") or begin_execution(config, "by hand", "by hand")


def record_step(config: Config, name: str, started: float) -> None:
    finished = time.time()
    content = {
        "execution": read_execution(config)["id"],
        "started_at": as_text(started),
        "finished_at": as_text(finished),
        "seconds": round(finished - started, 3),
    }
    write_json(content, _folder(config) / "steps" / f"{name}.json")


def record_failure(config: Config, name: str, started: float, message: str, exit_code: int) -> None:
    content = {"step": name, "started_at": as_text(started), "message": message, "exit_code": exit_code}
    write_json(content, _folder(config) / "failure.json")


def read_steps(config: Config) -> dict[str, dict[str, Any]]:
    """Return by step what is known of the last time that it ran."""
    folder = _folder(config) / "steps"
    return {path.stem: read_record(path) or {} for path in sorted(folder.glob("*.json"))}


def read_failure(config: Config) -> dict[str, Any] | None:
    """Return the step of this execution that failed, its message and its exit code."""
    return read_record(_folder(config) / "failure.json")


def as_text(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, timezone.utc).isoformat(timespec="milliseconds")


def _folder(config: Config) -> Path:
    return config.root / ".pipeline"


def read_record(path: Path) -> dict[str, Any] | None:
    """Return what a step or a job has left in a JSON file; None where it has left nothing that can be read."""
    try:
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    return content


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"
