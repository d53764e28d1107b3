"""Make the model of a past run again, from its commit, its data version and its packages, and compare.

Says "same bytes", or "within tolerance" of its metrics; anything else is a failure.
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from .artifact import METRICS, MODEL, file_sha256
from .code_state import export_commit
from .collected import clean_rows
from .config import load_config
from .data_versions import fetch_rows, find_data_version
from .errors import OK, InputError, ProjectError
from .find_run import find_run
from .fingerprint import LOCK_FACTS, fingerprint
from .params import effective_file
from .register import PARAMETERS, PATCH, RECORD
from .tracking import fetch_files

if TYPE_CHECKING:
    import argparse

    from .config import Config


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("run", help="version, alias, or beginning of a run's id")
    parser.add_argument(
        "--tolerance", type=float, default=0.01, help="relative difference that a metric may have (default: 0.01)"
    )


def run(config: Config, arguments: argparse.Namespace) -> int:
    found = find_run(config, arguments.run)
    with TemporaryDirectory() as temporary:
        try:
            kept = fetch_files(config, found.id, Path(temporary))
        except OSError as error:
            raise InputError(f"The run {found.id[:8]} has made no model: {found.status}.") from error
        record = json.loads((kept / RECORD).read_text(encoding="utf-8"))
        project = checkout(config, record, kept, Path(temporary) / "repository")
        version = find_data_version(config, record["data"]["name"])
        fetch_rows(config, version, clean_rows(load_config(project)))
        effective_file(project).parent.mkdir()
        shutil.copyfile(kept / PARAMETERS, effective_file(project))
        print(f"Data       version {version.name}")
        python = make_environment(config, record, kept, project)
        for step in ("split", "train"):
            _run_step(config, python, project, step)
        print(f"Result     {compare(kept, project / 'models', arguments.tolerance)}")
    return OK


def checkout(config: Config, record: dict[str, Any], kept: Path, repository: Path) -> Path:
    """Write the code of a run into a folder: its commit, and the changes that were not committed.

    Returns:
        The folder of the project in it.

    Raises:
        InputError: the run was outside of git, or its commit is not here.
    """
    sha = record["code"]["git_sha"]
    if sha is None:
        raise InputError("That run was not in git, so its code is not known. Put the project into git: git init.")
    project = export_commit(config.root, sha, repository)
    patch = kept / PATCH
    if patch.stat().st_size:
        subprocess.run(["git", "apply", "--whitespace=nowarn", str(patch)], cwd=repository, check=True)
    print(f"Code       commit {sha[:12]}{', with the changes of that run' if patch.stat().st_size else ''}")
    return project


def make_environment(config: Config, record: dict[str, Any], kept: Path, project: Path) -> str:
    """Return a Python with the packages of a run: this one, if it has them, else one that is made in `project`.

    Raises:
        ProjectError: they cannot be installed.
    """
    was, here = record["environment"], fingerprint(config)
    version = f"{platform.python_implementation()} {platform.python_version()}"
    if was["python"] != version:
        print(f"Python     {version}, and the run had {was['python']}")
    if here["lock"] is None or all(was.get(name) == here.get(name) for name in LOCK_FACTS):
        print("Packages   the same as here")
        return sys.executable
    for path in (kept / "environment").iterdir():
        shutil.copyfile(path, project / path.name)
    setup = [sys.executable, "scripts/setup.py"]
    result = subprocess.run(setup, cwd=project, capture_output=True, text=True, check=False)
    if result.returncode:
        raise ProjectError(f"The packages of that run cannot be installed:\n{result.stderr.strip()}")
    print(f"Packages   of {was['lock']} with sha256 {was['lock_sha256'][:12]}, in an environment of their own")
    return str(project / ".venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python"))


def compare(kept: Path, made: Path, tolerance: float) -> str:
    """Return how near a model is to the recorded one.

    Raises:
        ProjectError: it is another model, whose metrics differ by more than the tolerance.
    """
    if file_sha256(made / MODEL) == file_sha256(kept / MODEL):
        return f"same bytes (sha256 {file_sha256(made / MODEL)[:12]})"
    before, now = (json.loads((folder / METRICS).read_text(encoding="utf-8"))["model"] for folder in (kept, made))
    differences = {name: _difference(before[name], now[name]) for name in before}
    worst = max(differences, key=lambda name: differences[name])
    found = f"{worst} was {before[worst]:.6g} and is {now[worst]:.6g}, a difference of {differences[worst]:.2%}"
    if differences[worst] > tolerance:
        raise ProjectError(f"Not reproduced: {found}, and {tolerance:.2%} is allowed.")
    return f"within tolerance: other bytes, but {found}, and {tolerance:.2%} is allowed"


def _run_step(config: Config, python: str, project: Path, step: str) -> None:
    """Run a step of the pipeline with the code of another folder."""
    environment = {**os.environ, "PYTHONPATH": str(project / "src")}
    command = [python, "-m", config.project.package, "step", step]
    result = subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, check=False)
    if result.returncode:
        raise ProjectError(f"The step {step} of that run fails today:\n{result.stderr.strip()}")
    print(f"Step       {result.stdout.strip()}")


def _difference(before: float | None, now: float | None) -> float:
    if before is None or now is None:
        return 0.0 if before == now else float("inf")
    return abs(now - before) / max(abs(before), 1e-12)
