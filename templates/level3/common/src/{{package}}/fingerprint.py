"""Print the fingerprint of the environment: locked packages, Python, machine, seed and threads.

Two runs with the same fingerprint, code and data version make the same model.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .artifact import file_sha256
from .errors import OK, ProjectError

if TYPE_CHECKING:
    import argparse

    from .config import Config

LOCKS = ("uv.lock", "requirements.lock")
# Of the environment of your own code, where it is called.
OWN_LOCK = "requirements-own.lock"
LOCK_FACTS = ("lock", "lock_sha256", "own_lock_sha256")
# Written by scripts/stamp.py: the checksum of the lock that .venv was made from.
STAMP = Path(".venv") / "lock.sha256"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = "The same is in the record of each run: models/versions/N/run.json, environment."


def run(config: Config, _arguments: argparse.Namespace) -> int:
    facts = fingerprint(config)
    for name, value in facts.items():
        print(f"{name:<12} {value}")
    return OK


def fingerprint(config: Config) -> dict[str, Any]:
    """Return what the bytes of a model depend on besides code and data, and the checksum of it all."""
    lock, own = find_lock(config.root), config.root / OWN_LOCK
    facts: dict[str, Any] = {
        "lock": None if lock is None else lock.name,
        "lock_sha256": None if lock is None else file_sha256(lock),
        **({"own_lock_sha256": file_sha256(own)} if own.is_file() else {}),
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "platform": f"{platform.system()} {platform.machine()}",
        "cpu": _cpu(),
        "cpus": os.cpu_count(),
        "seed": config.training.seed,
        "threads": config.training.threads,
    }
    text = json.dumps(facts, sort_keys=True)
    return {"fingerprint": hashlib.sha256(text.encode()).hexdigest()[:16], **facts}


def find_lock(root: Path) -> Path | None:
    """Return the file that locks the version of every package."""
    return next((root / name for name in LOCKS if (root / name).is_file()), None)


def all_locks(root: Path) -> list[Path]:
    """Return the files that lock packages: those of the project, and those of your own code, where it is called."""
    own = root / OWN_LOCK
    return [path for path in (find_lock(root), own) if path is not None and path.is_file()]


def require_locked_environment(root: Path) -> None:
    """Check that .venv was made from the lock as it is now.

    Raises:
        ProjectError: the lock has changed since.
    """
    stamp, lock = root / STAMP, find_lock(root)
    if lock is None or not stamp.is_file():
        return
    if stamp.read_text(encoding="utf-8").strip() != file_sha256(lock):
        raise ProjectError(
            f"{lock.name} has changed since .venv was made from it, so a run would not be the one that it records. "
            "Run make setup, or say --force (make pipeline FORCE=1)."
        )


def _cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        return next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or "unknown"
