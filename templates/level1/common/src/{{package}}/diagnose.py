"""Look for the cause of bad predictions: which inputs have become unusual, and where the errors are."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from .artifact import read_metrics, read_reference, read_signature
from .contract import load_contract
from .drift import compare
from .errors import OK, InputError, listing, shorten
from .log import find_log, read_log
from .outcomes import read_features, read_outcomes
from .segments import errors_of, worst_segments

if TYPE_CHECKING:
    import argparse

    from .config import Config
    from .drift import Change
    from .segments import Segment

MOST_LINES = 15


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--log", type=Path, help="prediction log (default: monitoring/predictions.sqlite)")
    parser.add_argument("--period", help="the period to look at (default: the newest)")
    parser.add_argument("--json", action="store_true", help="print the findings as JSON")


def run(config: Config, arguments: argparse.Namespace) -> int:
    contract = load_contract(config)
    log = find_log(config, arguments.log)
    metrics = read_metrics(config.models)
    name = metrics["period"] if config.monitoring.period == "auto" else config.monitoring.period
    with read_log(log) as connection:
        outcomes = read_outcomes(connection, contract, name)
        period = arguments.period or outcomes["period"].max()
        rows = outcomes[outcomes["period"] == period].set_index("prediction_id")
        if rows.empty:
            known = listing(sorted(outcomes["period"].unique()))
            raise InputError(f'Nothing is logged for the period "{period}". There are: {known}.')
        features = read_features(connection, contract, rows.index.to_series())
    _, before = read_reference(config.models)
    changes = compare(before, features, contract, read_signature(config.models))
    labelled = rows[rows["actual"].notna()]
    errors = errors_of(labelled, config.project.task)
    segments = worst_segments(errors, features.loc[labelled.index], contract)
    # slot: cause
    if arguments.json:
        print(_as_json(period, changes, segments))
        return OK
    print(f"Period {period}, {len(rows):,} predictions from {config.relative(log)}, beside the test rows\n")
    print(_describe_changes(changes))
    print(_describe_segments(segments, errors.mean(), len(labelled)))
    print("\nThe checklist that leads from here to the cause: RCA.md")
    return OK


def _describe_changes(changes: list[Change]) -> str:
    unusual = [change for change in changes if change.notes][:MOST_LINES]
    if not unusual:
        return "Inputs: none looks different."
    width = max(len(shorten(change.name, 30)) for change in unusual)
    lines = [
        f"{place:>3}. {shorten(change.name, 30):<{width}}  {'; '.join(change.notes)}"
        for place, change in enumerate(unusual, start=1)
    ]
    return "\n".join(["Inputs, the most unusual first:", *lines])


def _describe_segments(segments: list[Segment], overall: float, labelled: int) -> str:
    if not labelled:
        return "\nErrors: no actual value is known yet (make monitor adds them)."
    if not segments:
        return f"\nErrors: {overall:.4g} on average, no group of rows stands out."
    lines = [
        f"  {shorten(each.column, 30)} = {shorten(each.value, 30)}: {each.error:.4g} ({each.rows:,} rows)"
        for each in segments
    ]
    return "\n".join([f"\nErrors: {overall:.4g} on average; worse where", *lines])


def _as_json(period: str, changes: list[Change], segments: list[Segment]) -> str:
    content = {
        "period": period,
        "inputs": [{**asdict(change), "score": change.score, "notes": change.notes} for change in changes],
        "segments": [asdict(segment) for segment in segments],
    }
    return json.dumps(content, indent=2, ensure_ascii=False)
