"""Check the project: environment, files, model, prediction log and documentation."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from . import artifact
from .contract import load_contract
from .errors import ERROR, OK, InputError, ProjectError, listing
from .log import read_log
from .roi import ROI_FILE, read_items
# slot: imports
from .table import check_columns, read_table

if TYPE_CHECKING:
    import argparse

    from .config import Config

PROJECT_PAGE = "docs/project.md"
PLACEHOLDER = "FILL IN"
REQUIRED = ("Business goal", "KPI", "Data definition", "Owner", "Model risk")
OLDEST_PYTHON = (3, 10)

Check = Callable[["Config"], str]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = "Fails while something is wrong, or docs/project.md still has a placeholder."


def run(config: Config, _arguments: argparse.Namespace) -> int:
    failures = 0
    for name, check in CHECKS.items():
        try:
            print(f"ok    {name}: {check(config)}")
        except ProjectError as error:
            failures += 1
            print(f"FAIL  {name}: {error}")
    return ERROR if failures else OK


def check_environment(_config: Config) -> str:
    if sys.version_info < OLDEST_PYTHON:
        raise ProjectError(f"Python {sys.version.split()[0]} is too old; 3.10 is needed.")
    return ", ".join(f"{name} {version}" for name, version in artifact.library_versions().items())


def check_data(config: Config) -> str:
    contract = load_contract(config)
    # slot: contract
    path = config.root / contract.source.path
    table = read_table(path, contract)
    check_columns(table, contract, [*contract.required, contract[contract.target]], path)
    return f"{len(table):,} rows with the columns of contract.yaml"


def check_model(config: Config) -> str:
    loaded = artifact.load_artifact(config.models, load_contract(config))
    if artifact.read_metrics(config.models)["model_sha256"] != loaded.sha256:
        raise ProjectError("models/metrics.json is about another model. Train again.")
    made_with, here = loaded.signature["made_with"], artifact.library_versions()
    differing = [name for name in made_with if made_with[name] != here.get(name)]
    if differing:
        raise ProjectError(f"It was made with other versions of {listing(differing)}. Train again, or set up again.")
    return f"{loaded.sha256[:12]}, with metrics"


def check_log(config: Config) -> str:
    if not config.prediction_log.exists():
        return "nothing predicted yet"
    with read_log(config.prediction_log) as connection:
        problem = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
        count = connection.execute("SELECT count(*) FROM predictions").fetchone()[0]
    if problem != "ok":
        raise ProjectError(f"{config.prediction_log} is damaged: {problem}")
    return f"{count:,} predictions"


def check_roi(config: Config) -> str:
    items = read_items(config.root / ROI_FILE, config.project.task)
    missing = sum(value is None for value in items.values())
    return f"{missing} of {len(items)} items are still open" if missing else "complete"


def check_documentation(config: Config) -> str:
    """Check that every required section of docs/project.md says something."""
    path = config.root / PROJECT_PAGE
    if not path.is_file():
        raise InputError(f"There is no {PROJECT_PAGE}.")
    parts = re.split(r"^#+ +(.+?) *$", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    sections = dict(zip(parts[1::2], parts[2::2], strict=True))
    wanting = [name for name in REQUIRED if not _says_something(sections.get(name, ""))]
    if wanting:
        raise ProjectError(f"{PROJECT_PAGE} still has to say: {', '.join(wanting)}.")
    return "complete"


def _says_something(text: str) -> bool:
    return PLACEHOLDER not in text and text.strip() != ""


CHECKS: dict[str, Check] = {
    "environment": check_environment,
    "data": check_data,
    "model": check_model,
    "prediction log": check_log,
    "return on investment": check_roi,
    "documentation": check_documentation,
    # slot: checks
}
