"""Run the pipeline on the sample of tests/golden, and check the version that comes out as before a delivery.

That is done in .ci/rehearsal, with data versions and a registry of its own; those of the project stay as they are.
"""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import yaml

from .cd_check import check_version
from .data_versions import remember_data
from .errors import ERROR, OK, REFUSED
from .params import DEFAULT_ENVIRONMENT, choose_environment
from .sample import sample_project
from .training_pipeline import execute

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    from .config import Config

FOLDER = ".ci/rehearsal"
# What the steps need; the rows come from the sample, and .venv is that of the project.
COPIED = (
    ".dvc/config",
    ".dvcignore",
    "README.md",
    "dvc.yaml",
    "environments",
    "pyproject.toml",
    "requirements-own.lock",
    "requirements.lock",
    "scripts",
    "src",
    "tests/golden",
    "uv.lock",
)
LINKED = (".uv", ".venv")
# It lies in a folder that git ignores, where DVC must not ask git.
WITHOUT_GIT = "['core']\n    no_scm = true\n"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--env", default=DEFAULT_ENVIRONMENT, help="environments/NAME.yaml (default: prod)")


def run(config: Config, arguments: argparse.Namespace) -> int:
    folder = config.root / FOLDER
    shutil.rmtree(folder, ignore_errors=True)
    project = make_rehearsal(config, folder, arguments.env)
    code = execute(project, arguments.env, "rehearsal")
    if code not in (OK, REFUSED):
        return code
    if code == REFUSED:
        print("Rehearsal  every step came to its end; few rows are no reason to refuse the code")
    report = config.reports / "ci" / "cd-check.json"
    checks = check_version(project, "1", is_sample=True, report=report)
    return OK if all(check.passed for check in checks) else ERROR


def make_rehearsal(config: Config, folder: Path, environment: str = DEFAULT_ENVIRONMENT) -> Config:
    """Make a project in `folder` that holds the sample as its only data version, ready for the steps."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in COPIED:
        _copy(config.root / name, folder / name)
    for name in LINKED:
        if (config.root / name).exists():
            (folder / name).symlink_to((config.root / name).resolve(), target_is_directory=True)
    (folder / ".dvc" / "config.local").write_text(WITHOUT_GIT, encoding="utf-8")
    project = sample_project(config, folder)
    choose_environment(folder, environment)
    remember_data(project, [])
    _name_what_lies_outside(config, folder)
    return project


def outputs_of(project: Config, step: str) -> list[Path]:
    """Return the files that a step has to make, as dvc.yaml has them."""
    stages = yaml.safe_load((project.root / "dvc.yaml").read_text(encoding="utf-8"))["stages"]
    return [project.root / str(path) for path in stages[step]["outs"]]


def _name_what_lies_outside(config: Config, folder: Path) -> None:
    """Let the steps depend on the project's own files where they depend on more than what was copied."""
    path = folder / "dvc.yaml"
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    stages = content["stages"].values()
    made = {out for stage in stages for out in stage["outs"]}
    for stage in stages:
        stage["deps"] = [
            dep if dep in made or (folder / dep).exists() else str((config.root / dep).resolve())
            for dep in stage["deps"]
        ]
    path.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")


def _copy(source: Path, to: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, to, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
    elif source.is_file():
        to.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, to)
