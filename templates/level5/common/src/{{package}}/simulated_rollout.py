"""Shadow and canary of a simulated challenger, with the machinery that the service has, and without a service."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from .artifact import Artifact
from .champion import Version
from .finding import Finding
from .guard_rollout import Trialled, allowing, canary_is_well, shadow_is_well
from .live import Served
from .payload import Batch, Prediction
from .predict import features_as_json
from .rollout_plan import read_plan
from .rollout_state import Rollout
from .trial import Trial

if TYPE_CHECKING:
    from .policy import Policy
    from .rollout_plan import Guards
    from .scorer import Scorer
    from .world import Draw, Run

CHAMPION, CANDIDATE = 1, 2
SHADOWED = 60
TABLE = 250
MOST_TABLES = 40
# A service gathers more answers than a simulation has time for.
MIN_ANSWERS = 30
NO_LIMIT = math.inf


class BrokenError(Exception):
    """What a broken candidate answers with."""


class Broken:
    """A model that cannot answer every third row or table."""

    def __init__(self, scorer: Scorer) -> None:
        self._scorer = scorer
        self._asked = 0

    def predict(self, inputs: pd.DataFrame) -> pd.DataFrame:
        self._asked += 1
        if self._asked % 3 == 0:
            raise BrokenError
        return self._scorer.predict(inputs)


class Exposed:
    """Keeps what would be logged."""

    def __init__(self) -> None:
        self.entries: list[dict[str, Any]] = []

    def append(self, entries: list[dict[str, Any]]) -> None:
        self.entries += entries


def roll_out(
    run: Run,
    champion: Scorer,
    challenger: Scorer,
    draw: Draw,
    policy: Policy,
    mode: str,
    distance: float,
    *,
    fails: bool,
) -> Finding:
    """Let the challenger answer in shadow, or step by step, until all is well or something is wrong.

    Args:
        distance: how far the scores of both lay apart on recent rows: so far is explained
    """
    plan = read_plan(run.config)
    guards = allowing(plan.guards, distance)
    # Times on this machine, with tables of all sizes, say nothing about a service.
    guards = replace(guards, min_answers=MIN_ANSWERS, latency_floor_ms=NO_LIMIT, timeout_ms=NO_LIMIT)
    candidate: Any = Broken(challenger) if fails else challenger
    if mode == "shadow":
        trial = _trial(run, candidate, "shadow", 0, guards)
        _shadow(trial, champion, draw)
        return shadow_is_well(_trialled(trial, policy.shadow.rows, policy.shadow.hours), policy)
    for percent in plan.canary.steps:
        trial = _trial(run, candidate, "canary", percent, guards)
        answered, asked = _ask(trial, champion, draw)
        trialled = _trialled(trial, trial.of_candidate.count, policy.canary.hours)
        finding = canary_is_well(trialled, policy, MIN_ANSWERS)
        if finding.decision is not None:
            return replace(finding, evidence={**finding.evidence, "asked": asked, "unanswered": asked - answered})
    return Finding()


def _trial(run: Run, candidate: Any, mode: Any, percent: float, guards: Guards) -> Trial:
    at = run.stage.begins.isoformat()
    rollout = Rollout(
        id="simulated",
        mode=mode,
        status="running",
        champion=CHAMPION,
        candidate=CANDIDATE,
        run_id="",
        folder="",
        lineage={},
        percent=percent,
        key=None,
        started_at=at,
        step_at=at,
    )
    log: Any = Exposed()
    return Trial(rollout, _served(candidate, CANDIDATE), guards, run.stage.contract, log)


def _served(scorer: Any, number: int) -> Served:
    nothing = pd.DataFrame()
    version = Version(number, "", Path(), {})
    return Served(Artifact(scorer, {"sha256": str(number)}), None, version, 0.0, nothing, pd.Series(dtype=float))


def _ask(trial: Trial, champion: Scorer, draw: Draw) -> tuple[int, int]:
    """Ask for tables of rows until the candidate has answered enough, or was stopped; return answers and rows asked."""
    served = _served(champion, CHAMPION)
    answered = asked = 0
    for number in range(MOST_TABLES):
        rows = np.arange(number * TABLE, (number + 1) * TABLE) % len(draw.seen)
        inputs = draw.seen.iloc[rows].reset_index(drop=True)
        # Each time another key, as if others asked for the same.
        table = pd.DataFrame({"row": features_as_json(inputs), "time": number})
        if trial.answers_with(served):
            batch = trial.table(table, inputs, served, _record)
            answered += len(batch.predictions)
            trial.judge()
        else:
            answered += len(served.artifact.scorer.predict(inputs))
        asked += len(inputs)
        if trial.of_candidate.count >= MIN_ANSWERS and trial.problem is None:
            break
    return answered, asked


def _shadow(trial: Trial, champion: Scorer, draw: Draw) -> None:
    rows = draw.seen.head(SHADOWED)
    scores = champion.predict(rows)["score"].to_numpy(dtype="float64")
    for place in range(len(rows)):
        trial.of_champion.add(0.0, float(scores[place]))
        try:
            predicted = trial.candidate.artifact.scorer.predict(rows.iloc[[place]])
            trial.of_candidate.add(0.0, float(predicted["score"].iloc[0]))
        except Exception:
            trial.of_candidate.add(0.0, None)
    trial.judge()


def _trialled(trial: Trial, answers: int, hours: float) -> Trialled:
    return Trialled(trial.rollout.mode, trial.rollout.percent, answers, hours, trial.problem)


def _record(table: pd.DataFrame, inputs: pd.DataFrame, predicted: pd.DataFrame, served: Served) -> Batch:
    answers = [
        Prediction(prediction_id="", prediction=prediction, score=float(score))
        for prediction, score in zip(predicted["prediction"], predicted["score"], strict=True)
    ]
    return Batch(model_version=served.number, model_sha256=served.artifact.sha256, predictions=answers)
