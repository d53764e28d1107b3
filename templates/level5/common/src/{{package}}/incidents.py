"""Incidents of the past as cases that must not come back: tests/incidents, one table of logged rows and one JSON each.

model    the rows, with what came true, are predicted as well as was to be expected when it happened
data     the check of inputs against contract.yaml finds the broken column
serving  rows are answered one by one as the model predicts them in a table
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from .artifact import load_artifact
from .contract import load_contract
from .enforce import read_rules
from .errors import InputError, ProjectError, listing
from .labels import read_labels
from .metrics import named_metric
from .rows import RowScorer
from .schema import build_schema, find_violations
from .table import convert, read_table

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from .config import Config
    from .contract import Contract

KINDS = ("model", "data", "serving")


@dataclass(frozen=True)
class Incident:
    """What is asked of a model or of the checks. From `low` to `high` the metric is as it was expected to be."""

    name: str
    kind: str
    happened: str
    cause: str
    metric: str
    low: float
    high: float
    columns: list[str]
    table: Path


def incidents_folder(config: Config) -> Path:
    return config.root / "tests" / "incidents"


def read_incidents(config: Config) -> list[Incident]:
    """Return the incidents of the past, the oldest first.

    Raises:
        InputError: a file is damaged.
    """
    found = []
    for path in sorted(incidents_folder(config).glob("*.json")):
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
            found.append(Incident(path.stem, table=path.with_suffix(".csv"), **content))
        except (ValueError, TypeError) as error:
            raise InputError(f"{config.relative(path)} is damaged: {error}. Restore it from git.") from error
    return found


def judge_incident(config: Config, incident: Incident, folder: Path) -> str:
    """Ask what an incident asks of the model in a folder, and return what was found.

    Raises:
        ProjectError: it has come back.
    """
    contract = load_contract(config)
    table = read_table(incident.table, contract)
    # Where no actual values were known, there is no such column.
    actual = read_labels(table[contract.target], contract, config.project.task) if contract.target in table else None
    inputs, malformed = convert(table, contract.inputs, contract.source)
    if incident.kind == "data":
        return _is_caught(config, contract, inputs, incident)
    if malformed:
        raise InputError(f"{incident.table} is not what contract.yaml says: {listing(malformed)}.")
    scorer = load_artifact(folder, contract).scorer
    if incident.kind == "serving":
        if not RowScorer(scorer, contract).check(inputs):
            raise ProjectError("alone, rows get other answers than in a table")
        return f"{len(inputs):,} rows get the same answers alone and in a table"
    metric = named_metric(config.project.task, incident.metric, contract.positive)
    value = metric(scorer.predict(inputs).assign(actual=actual))
    expected = f"{incident.low:.4g} or more" if metric.higher_is_better else f"{incident.high:.4g} or less"
    found = f"{metric.label} {value:.4g} on its {len(inputs):,} rows, {expected} is expected"
    if np.isnan(value) or (value < incident.low if metric.higher_is_better else value > incident.high):
        raise ProjectError(found)
    return found


def check_incidents(config: Config, folder: Path) -> str:
    """Ask it for all incidents.

    Raises:
        ProjectError: one has come back; the message names each.
    """
    incidents, back = read_incidents(config), []
    for incident in incidents:
        try:
            judge_incident(config, incident, folder)
        except ProjectError as error:
            back.append(f"{incident.name} is back: {error}")
    if back:
        raise ProjectError("; ".join(back))
    return f"none of {len(incidents)} incidents is back"


def _is_caught(config: Config, contract: Contract, inputs: pd.DataFrame, incident: Incident) -> str:
    schema = build_schema(config, contract, contract.inputs, read_rules(config).range_margin)
    caught = {each.column for each in find_violations(inputs, schema)}
    missed = [name for name in incident.columns if name not in caught]
    if missed:
        raise ProjectError(
            f"the check of inputs does not notice {listing(missed)}: narrow its range or values in contract.yaml"
        )
    return f"the check of inputs notices {listing(incident.columns)}"
