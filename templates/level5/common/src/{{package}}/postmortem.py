"""Open the record of an incident, and keep its logged rows as a test that fails until it is mended.

docs/postmortems/DATE-NAME.md    what happened, when, why; people fill in the rest
tests/incidents/DATE-NAME.*      the rows, and what is expected of them: make test, make cd-check
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from jinja2 import Environment, FileSystemLoader

from .artifact import write_json
from .case import read_case
from .causes import judge
from .causes_in_inputs import broken_inputs
from .champion import read_alias
from .contract import Column, load_contract
from .decision import read_decisions
from .errors import OK, InputError, ProjectError
from .incidents import Incident, incidents_folder, judge_incident
from .log import find_log, read_log
from .monitor import judge as judge_periods
from .spelling import spell_column, spell_table
from .table import replacing, write_table

if TYPE_CHECKING:
    import argparse

    import pandas as pd

    from .case import Case
    from .causes import Verdict
    from .config import Config

MOST_ROWS = 500
KIND_OF_CAUSE = {"train/serve skew": "serving", "data quality": "data"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", help="a few words for it, such as late-sensor")
    parser.add_argument("--period", help="when it happened (default: the newest period that is an ALERT)")
    parser.add_argument("--log", type=Path, help="prediction log (default: monitoring/predictions.sqlite)")


def run(config: Config, arguments: argparse.Namespace) -> int:
    name = f"{datetime.now(timezone.utc):%Y-%m-%d}-{_slug(arguments.name)}"
    page = config.root / "docs" / "postmortems" / f"{name}.md"
    if page.exists():
        raise InputError(f"There is {config.relative(page)} already. Go on with it, or choose another NAME=.")
    contract, log = load_contract(config), find_log(config, arguments.log)
    period = arguments.period or _newest_alert(config, log)
    case = read_case(config, contract, log, period)
    verdict = judge(case)
    incident = keep_incident(case, verdict, name)
    _write_page(config, log, case, verdict, incident, page)
    print(f"Cause      {verdict.cause} in {period}, {len(case.rows):,} predictions")
    print(f"Postmortem {config.relative(page)}: fill it in with those who were there, and commit it")
    print(f"Test       {config.relative(incident.table)}: logged rows; look whether they may be in git")
    try:
        print(f"           passes already: {judge_incident(config, incident, config.models)}")
    except ProjectError as error:
        print(f"           fails until it is mended: {error}")
    return OK


def keep_incident(case: Case, verdict: Verdict, name: str) -> Incident:
    """Write down the rows of an incident, and what is expected of them from now on.

    Raises:
        ProjectError: too few rows have an actual value to say what is expected.
    """
    kind = KIND_OF_CAUSE.get(verdict.cause, "model")
    rows = case.labelled if kind == "model" else case.rows
    if kind == "model" and len(rows) < case.config.monitoring.min_labels:
        raise ProjectError(
            f"{len(rows):,} predictions have an actual value, and {case.config.monitoring.min_labels} are needed "
            "(monitoring.min_labels). Add them first: make monitor ACTUALS=."
        )
    kept = rows.sample(min(len(rows), MOST_ROWS), random_state=case.config.training.seed).sort_values("timestamp")
    low, high = case.reference.band(len(kept), case.config.monitoring.sigma)
    columns = [change.name for change, _ in broken_inputs(case)] if kind == "data" else []
    folder = incidents_folder(case.config)
    folder.mkdir(parents=True, exist_ok=True)
    incident = Incident(
        name=name,
        kind=kind,
        happened=str(rows["period"].iloc[0]),
        cause=verdict.cause,
        metric=case.metric.name,
        low=low,
        high=high,
        columns=columns,
        table=folder / f"{name}.csv",
    )
    write_table(_spelled(case, kept), incident.table, case.contract.source)
    content = {key: value for key, value in asdict(incident).items() if key not in ("name", "table")}
    write_json(content, folder / f"{name}.json")
    return incident


def _spelled(case: Case, rows: pd.DataFrame) -> pd.DataFrame:
    contract = case.contract
    table = spell_table(case.inputs.loc[rows.index], contract.inputs, contract.source)
    if rows["actual"].notna().all():
        column = Column(contract.target, "numeric" if case.config.project.task == "regression" else "categorical")
        values = rows["actual"].astype(float) if column.type == "numeric" else rows["actual"]
        table[contract.target] = spell_column(values, column, contract.source)
    return table.reset_index(drop=True)


def _newest_alert(config: Config, log: Path) -> str:
    with read_log(log) as connection:
        periods = judge_periods(config, load_contract(config), connection).periods
    alerts = [each.name for each in periods if each.verdict == "ALERT"]
    return alerts[-1] if alerts else periods[-1].name


def _write_page(config: Config, log: Path, case: Case, verdict: Verdict, incident: Incident, page: Path) -> None:
    loader = FileSystemLoader(Path(__file__).parent / "templates")
    environment = Environment(loader=loader, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True)
    champion = read_alias(config.root)
    made = case.rows["timestamp"]
    text = environment.get_template("postmortem.md").render(
        incident=incident,
        verdict=verdict,
        project=config.project.name,
        version="none" if champion is None else champion.number,
        first=str(made.min())[:16].replace("T", " "),
        last=str(made.max())[:16].replace("T", " "),
        rows=len(case.rows),
        labelled=len(case.labelled),
        metric=case.metric.label,
        realised=None if np.isnan(case.realised) else case.realised,
        expected=case.reference.value,
        timeline=_timeline(config, str(made.min())),
        cell=lambda text: " ".join(str(text).split()).replace("|", "\\|"),
    )
    page.parent.mkdir(parents=True, exist_ok=True)
    with replacing(page) as temporary:
        temporary.write_text(text, encoding="utf-8")


def _timeline(config: Config, since: str) -> list[dict[str, Any]]:
    """Return what was decided and rolled out since, the oldest first."""
    events = [
        {"at": each.at, "who": each.evidence.get("who", "controller"), "what": f"{each.decision}: {each.reason}"}
        for each in read_decisions(config)
    ]
    path = config.root / "monitoring" / "rollouts.jsonl"
    for line in path.read_text(encoding="utf-8").splitlines() if path.is_file() else []:
        entry = json.loads(line)
        what = f"{entry['mode']} of version {entry['candidate']}: {entry['status']} at {entry['percent']:g} %"
        events.append({"at": entry["at"], "who": "rollout", "what": what})
    return sorted((each for each in events if each["at"] >= since), key=lambda each: each["at"])


def _slug(name: str) -> str:
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    if not slug:
        raise InputError(f'The name "{name}" has neither letters nor digits. Say in a few words what happened: NAME=.')
    return slug[:60]
