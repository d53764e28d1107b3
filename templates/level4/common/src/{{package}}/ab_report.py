"""Decide an A/B test by the metric and the sample size that were declared before it began.

The unit is the key: what one key was answered is averaged first, since its answers are not independent. The interval
holds at any time, so the report may be made as often as one likes, and the test ended once it decides.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from .artifact import write_json
from .contract import load_contract
from .errors import OK, InputError, ProjectError
from .exposures import read_exposures
from .log import query, read_log
from .rollout import root_of
from .rollout_plan import PLAN_FILE, Experiment, read_plan
from .rollout_state import Rollout, read_rollout
from .sequential import mean_difference, mismatch_p_value
from .table import replacing

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    from .config import Config

# The split of keys must not be less likely than this. Lower than usual, as it is looked at often.
MISMATCH = 1e-4
LABELLED = """
SELECT p.prediction_id, p.score, p.probabilities, p.prediction, a.actual FROM predictions p JOIN actuals a
ON a.rowid = (SELECT max(rowid) FROM actuals WHERE prediction_id = p.prediction_id)
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--on", help="an environment that the service is deployed to (default: that of make serve)")


def run(config: Config, arguments: argparse.Namespace) -> int:
    report = make_report(config, root_of(config, arguments.on))
    lines = describe(report)
    print("\n".join(lines))
    write_json(report, config.reports / "ab.json")
    with replacing(config.reports / "ab.md") as temporary:
        temporary.write_text("# A/B test\n\n" + "\n".join(f"- {line}" for line in lines) + "\n", encoding="utf-8")
    return OK


def make_report(config: Config, root: Path) -> dict[str, Any]:
    """Return what the test says by now.

    Args:
        root: where the service that runs it is

    Raises:
        InputError: there is no A/B test, or it was not declared in advance.
        ProjectError: the keys are not split as declared, so that nothing can be concluded.
    """
    rollout = read_rollout(root)
    if rollout is None or rollout.mode != "ab":
        raise InputError("There is no A/B test. Declare one in rollout.yaml, then make rollout-start MODE=ab.")
    experiment = _declared(config, rollout)
    units = _units(config, root, rollout, str(experiment.metric))
    exposed = read_exposures(root, rollout.id).drop_duplicates("key")
    _require_split(exposed, rollout, experiment)
    return {"rollout": rollout.id, "experiment": asdict(experiment), **judge(units, rollout, experiment)}


def judge(units: pd.DataFrame, rollout: Rollout, experiment: Experiment) -> dict[str, Any]:
    """Decide by the mean loss of each key.

    Args:
        units: one row a key, with the columns `assigned` (version) and `loss`
    """
    champion, candidate = (
        units.loc[units["assigned"] == number, "loss"].to_numpy() for number in (rollout.champion, rollout.candidate)
    )
    size, share = int(experiment.sample_size or 0), experiment.percent / 100
    planned = size * (1 - share), size * share
    difference = mean_difference(champion, candidate, planned, experiment.confidence)
    count = len(champion) + len(candidate)
    if difference.excludes_zero:
        verdict = "candidate is better" if difference.high < 0 else "candidate is worse"
    else:
        verdict = "no difference found" if count >= size else "undecided"
    return {
        "champion": {"version": rollout.champion, "keys": len(champion), "mean": _mean(champion)},
        "candidate": {"version": rollout.candidate, "keys": len(candidate), "mean": _mean(candidate)},
        "difference": _finite(difference.value),
        "low": _finite(difference.low),
        "high": _finite(difference.high),
        "keys": count,
        "verdict": verdict,
    }


def describe(report: dict[str, Any]) -> list[str]:
    """Return the report as lines."""
    experiment, champion, candidate = report["experiment"], report["champion"], report["candidate"]
    declared = f"{experiment['metric']} (lower is better), {experiment['sample_size']:,} keys"
    next_step = {
        "candidate is better": "make rollout-stop, then make promote",
        "candidate is worse": "make rollout-stop",
        "no difference found": "keep the champion, or choose by cost: make rollout-stop",
        "undecided": f"go on; {max(experiment['sample_size'] - report['keys'], 0):,} keys are missing",
    }[report["verdict"]]
    interval = "not known yet"
    if report["low"] is not None:
        interval = f"{report['difference']:+.4g}, from {report['low']:+.4g} to {report['high']:+.4g}"
    return [
        f"Declared   {declared}, confidence {experiment['confidence']:.0%}",
        *(
            f"{name:<10} version {each['version']}: {'-' if each['mean'] is None else format(each['mean'], '.4g')} "
            f"over {each['keys']:,} keys with a known outcome"
            for name, each in (("Champion", champion), ("Candidate", candidate))
        ),
        f"Difference {interval}, at any time",
        f"Verdict    {report['verdict']}: {next_step}",
    ]


def losses(labelled: pd.DataFrame, metric: str, positive: str | None) -> pd.Series:
    """Return the loss of each prediction; lower is better.

    Args:
        labelled: score, probabilities (JSON, for many classes), prediction and actual of each
        positive: the class that the score of two classes is the probability of
    """
    if metric in ("absolute_error", "squared_error"):
        error = labelled["score"].astype("float64") - labelled["actual"].astype("float64")
        return error.abs() if metric == "absolute_error" else error**2
    actual = labelled["actual"].astype(str)
    if metric == "wrong":
        return (labelled["prediction"].astype(str) != actual).astype("float64")
    if labelled["probabilities"].notna().all():
        tables = labelled["probabilities"].map(json.loads)
        given = pd.Series([known.get(label, 0.0) for known, label in zip(tables, actual, strict=True)], labelled.index)
        squares = pd.Series([sum(each**2 for each in known.values()) for known in tables], labelled.index)
        brier = squares - given**2 + (1 - given) ** 2
    else:
        is_positive = actual == positive
        given = labelled["score"].where(is_positive, 1 - labelled["score"])
        brier = (1 - given) ** 2
    return brier if metric == "brier" else -np.log(given.clip(lower=1e-15))


def _declared(config: Config, rollout: Rollout) -> Experiment:
    """Return what was declared when the test began; rollout.yaml must still say so."""
    experiment = Experiment(**rollout.experiment)
    if experiment.metric is None or experiment.sample_size is None:
        raise InputError(f"Rollout {rollout.id} declared no metric or no sample size, so nothing can be decided by it.")
    present = read_plan(config).experiment
    if present != experiment:
        changed = [name for name, value in asdict(present).items() if value != getattr(experiment, name)]
        raise InputError(
            f"{PLAN_FILE}: experiment.{changed[0]} is {getattr(present, changed[0])!r}, but the test began with "
            f"{getattr(experiment, changed[0])!r}. Put it back, or begin another test."
        )
    return experiment


def _units(config: Config, root: Path, rollout: Rollout, metric: str) -> pd.DataFrame:
    exposures = read_exposures(root, rollout.id)
    with read_log(root / config.prediction_log.relative_to(config.root)) as connection:
        labelled = query(connection, LABELLED)
    joined = exposures[["prediction_id", "key", "assigned"]].merge(labelled, on="prediction_id")
    joined["loss"] = losses(joined, metric, load_contract(config).positive)
    return joined.groupby("key").agg(assigned=("assigned", "first"), loss=("loss", "mean")).reset_index()


def _require_split(exposed: pd.DataFrame, rollout: Rollout, experiment: Experiment) -> None:
    counts = exposed["assigned"].value_counts()
    champion, candidate = int(counts.get(rollout.champion, 0)), int(counts.get(rollout.candidate, 0))
    if mismatch_p_value(champion, candidate, experiment.percent / 100) < MISMATCH:
        raise ProjectError(
            f"{candidate:,} of {champion + candidate:,} keys went to the candidate, where {experiment.percent:g} % "
            "were declared. Chance does not do that (sample ratio mismatch): some exposures are missing, so nothing "
            "can be concluded. Find out why, and begin another test."
        )


def _mean(values: np.ndarray) -> float | None:
    return float(values.mean()) if len(values) else None


def _finite(value: float) -> float | None:
    return value if np.isfinite(value) else None
