"""Run the training pipeline: the steps of dvc.yaml that are not up to date. Its model becomes a version, not more."""

from __future__ import annotations

import argparse
import json
import os
import sys
from typing import TYPE_CHECKING, Any

from . import pipeline as collection
from .artifact import write_json
from .code_state import read_code_state
from .data_versions import current_data, restore_data
from .errors import ERROR, OK, REFUSED, SCHEMA_SKEW, ContractError, ProjectError
from .execution import begin_execution, read_failure, read_steps
from .fingerprint import require_locked_environment
from .model_validation import read_verdict, refusals_of
from .orchestrator import run_steps
from .params import DEFAULT_ENVIRONMENT, choose_environment
from .tracking import log_failure

if TYPE_CHECKING:
    from pathlib import Path

    from .config import Config
    from .params import Parameters

GIGABYTE = 1e9


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--env", default=DEFAULT_ENVIRONMENT, help="environments/NAME.yaml, which changes params.yaml (default: prod)"
    )
    parser.add_argument("--data", metavar="VERSION", help="train on this data version; nothing is collected then")
    parser.add_argument("--force", action="store_true", help="even if .venv was not made from the lock as it is now")
    parser.epilog = "Settings: params.yaml, environments/, and the section training of mlops.yaml."


def run(config: Config, arguments: argparse.Namespace) -> int:
    if not arguments.force:
        require_locked_environment(config.root)
    parameters = choose_environment(config.root, arguments.env)
    require_machine(parameters)
    require_commit(config, parameters)
    code = find_data(config, arguments.data)
    return code if code != OK else execute(config, arguments.env, "on demand")


def find_data(config: Config, version: str | None) -> int:
    """Collect what is new at the source, unless a version is named or pinned."""
    current = current_data(config)
    if version is not None:
        restore_data(config, version)
    elif current is not None and current[1]:
        print(f"Data       version {current[0]}, as make data VERSION= has it; make data goes on to the newest")
    else:
        return collect(config)
    return OK


def collect(config: Config) -> int:
    """Collect what is new at the source. Rows that break the contract stop it, with an exit code of their own."""
    try:
        return collection.run(config, argparse.Namespace(version=None))
    except ContractError as error:
        print(f"error: {error}\nNothing was trained.", file=sys.stderr)
        return SCHEMA_SKEW


def execute(config: Config, environment: str, trigger: str) -> int:
    """Run the steps that are due, say what became of them, and return the exit code of the pipeline."""
    execution = begin_execution(config, environment, trigger)
    if not run_steps(config):
        return _tell_failure(config, execution)
    # A pipeline that failed or was killed is not remembered, so the trigger starts it again.
    current = current_data(config)
    write_json({"data_version": None if current is None else current[0]}, _last_file(config))
    ran = [name for name, step in read_steps(config).items() if step.get("execution") == execution["id"]]
    if not ran:
        print("Pipeline   every step is up to date")
    number = _registered_version(config)
    verdict = read_verdict(config)
    for refusal in refusals_of(verdict):
        print(f"Refused    {refusal}")
    if verdict["passed"]:
        print(f"Version    {number} may be put into use: make promote VERSION={number}")
        return OK
    print(f"Version    {number} was refused, and cannot be put into use")
    return REFUSED


def last_data(config: Config) -> str | None:
    """Return the data version that the pipeline last came to its end on."""
    path = _last_file(config)
    return json.loads(path.read_text(encoding="utf-8"))["data_version"] if path.is_file() else None


def require_machine(parameters: Parameters) -> None:
    """Check that this machine has what params.yaml declares.

    Raises:
        ProjectError: it has fewer processors, or less memory.
    """
    wanted = parameters.resources
    cpus = os.cpu_count() or 1
    if cpus < wanted.cpus:
        raise ProjectError(f"params.yaml: resources.cpus is {wanted.cpus}, and this machine has {cpus}.")
    if hasattr(os, "sysconf"):
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / GIGABYTE
        if memory < wanted.memory_gb:
            raise ProjectError(
                f"params.yaml: resources.memory_gb is {wanted.memory_gb:g}, and this machine has {memory:.1f}."
            )


def require_commit(config: Config, parameters: Parameters) -> None:
    """Check that all changes are committed, where the environment wants that.

    Raises:
        ProjectError: they are not.
    """
    if not parameters.code.allow_dirty and read_code_state(config.root).is_dirty:
        raise ProjectError("There are changes that are not committed (code.allow_dirty is false). Commit them first.")


def _tell_failure(config: Config, execution: dict[str, Any]) -> int:
    failure = read_failure(config)
    if failure is None:
        print("The pipeline did not come to its end. make pipeline goes on with the step that it was at.")
        return ERROR
    log_failure(config, execution, failure)
    print(f"The pipeline stopped at the step {failure['step']}. make pipeline goes on from there.")
    return int(failure["exit_code"])


def _last_file(config: Config) -> Path:
    return config.root / ".pipeline" / "last.json"


def _registered_version(config: Config) -> int:
    content = json.loads((config.root / "models" / "registered.json").read_text(encoding="utf-8"))
    return int(content["version"])
