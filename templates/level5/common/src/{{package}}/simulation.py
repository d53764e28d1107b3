"""One scenario, lived through by the guarded controller, and by one that trains again whenever inputs have drifted."""

from __future__ import annotations

import shutil
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from .comparison import Rows, compare_models
from .decision import NO_ACTION, PROMOTE, RETRAIN, ROLLBACK, Decision, append_decision, read_decisions
from .drift import CHANGED, compare
from .errors import ProjectError
from .evaluate import outcomes_of
from .faults import nothing, shift_of, twisted
from .finding import Finding
from .gather import gather
from .guard_challenger import CONCEPT_DRIFT, challenger_is_better
from .guard_rollout import WayBack, champion_proves_itself, there_is_a_way_back
from .guards import score_distance
from .params import Slices
from .retraining import decide
from .scenarios import STABLE_WEEKS, STOPPED
from .simulated_rollout import roll_out
from .slices import row_errors
from .watch import compare_watched
from .world import LONGEST_DELAY, Run, fit_again, retrain
from .worth import value_of, worth_by

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime
    from pathlib import Path

    from .comparison import Comparison
    from .policy import Policy
    from .scenarios import Scenario
    from .scorer import Scorer
    from .world import Draw, Stage

# A model counts as bad when its error in the world as it really is exceeds that of the model it replaced by this share.
BAD = 0.02
# Days since the last drill of the way back, where a scenario is not about it.
DRILLED = 1.0
# How many clean rows of the world of a week a new model is judged on, for the figures only.
JUDGED = 3_000


@dataclass
class Tale:
    """What a controller did in a scenario: the decisions that the scenario is about, and those afterwards.

    `losses` are mean errors of each week, over that of a constant prediction; `value` is the money that predictions
    brought, and `cost` what retrainings took, in the currency of roi.yaml.
    """

    decisions: list[Decision] = field(default_factory=list)
    afterwards: list[Decision] = field(default_factory=list)
    losses: list[float] = field(default_factory=list)
    retrains: int = 0
    value: float = 0.0
    cost: float = 0.0
    bad_models: int = 0

    @property
    def loss(self) -> float:
        return float(np.mean(self.losses))

    def count(self, outcomes: pd.DataFrame, draw: Draw, stage: Stage) -> None:
        """Add what a week has brought."""
        judged = outcomes[np.isin(draw.place, stage.judges)]
        self.losses.append(relative_loss(outcomes, draw, stage))
        self.value += value_of(judged, stage.worth, stage.config, stage.contract) * len(outcomes) / len(judged)


def notable(decisions: list[Decision]) -> tuple[str, ...]:
    """Return decisions in their order, without NO_ACTION and repetitions."""
    made = [each.decision for each in decisions if each.decision != NO_ACTION]
    return tuple(name for place, name in enumerate(made) if place == 0 or name != made[place - 1])


@dataclass
class Guarded:
    """The guarded controller in a scenario."""

    scenario: Scenario
    run: Run
    usual: Policy
    without: Collection[str]
    is_asked: bool = True
    tale: Tale = field(default_factory=Tale)
    before: tuple[Scorer, Path, Any] | None = None
    promoted_in: int = -1

    @property
    def policy(self) -> Policy:
        return self.scenario.policy(self.usual, self.run.stage) if self.is_asked else self.usual

    def settle(self) -> None:
        """Go on after people have done what was asked of them."""
        self.is_asked = False
        self.run.put_right()
        self.scenario.settle(self.run)

    def turn(self, week: int) -> None:
        """Decide at the end of a week, and act."""
        at = self.run.week_begins(week + 1) - timedelta(hours=1)
        try:
            if "G9" in self.without:
                self.run.config.root.joinpath("monitoring", "decisions.jsonl").unlink(missing_ok=True)
            records = read_decisions(self.run.config)
        except ProjectError as error:
            # Where the world lies is nobody's business: it is gone afterwards.
            self._note(Decision(STOPPED, "G9", str(error).replace(f"{self.run.config.root}/", "")))
            return
        if self.before is not None and self._go_back(at):
            return
        situation = gather(
            self.run.config,
            self.run.stage.contract,
            self.policy,
            records,
            now=at,
            log=self.run.log,
            known=self.run.known,
        )
        decision = decide(situation, self.policy, self.without)
        self._record(decision, at)
        if decision.decision == RETRAIN:
            self.tale.retrains += 1
            self.tale.cost += decision.cost
            self._challenge(decision, at, week)

    def _note(self, decision: Decision) -> None:
        (self.tale.decisions if self.is_asked else self.tale.afterwards).append(decision)

    def _record(self, decision: Decision, at: datetime) -> None:
        self._note(decision)
        stamp = at.isoformat(timespec="seconds")
        append_decision(self.run.config, decision, mode="act", policy_version=self.policy.version, at=stamp)

    def _challenge(self, decision: Decision, at: datetime, week: int) -> None:
        """Train a challenger, and let it earn its place."""
        cause = str(decision.evidence.get("G2", {}).get("cause", "unknown"))
        since = STABLE_WEEKS if cause == CONCEPT_DRIFT else 0
        draws = self.run.draws[since : week + 1]
        learned = [_spoil(draw, self.run.stage) for draw in draws] if self.scenario.spoiled and self.is_asked else draws
        made = retrain(self.run, learned, with_old=cause != CONCEPT_DRIFT)
        challenger = made[0].scorer
        comparison = _compare(self.run, challenger, draws[-3:], self.policy)
        for name, guard in self._trials(cause, comparison, challenger, draws[-1]):
            finding = Finding() if name in self.without else guard()
            if finding.decision is not None:
                self._record(Decision(finding.decision, name, finding.reason, {name: finding.evidence}), at)
                return
        self.before = self._keep(week)
        self.promoted_in = week
        self._judge_for_figures(challenger, week)
        self.run.use(*made, at)
        reason = f"better by {comparison.gain:.1%}, and well in shadow and canary"
        self._record(Decision(PROMOTE, "G8", reason, {"G5": comparison.__dict__}), at)

    def _trials(self, cause: str, comparison: Comparison, challenger: Scorer, draw: Draw) -> list[tuple[str, Any]]:
        """Return the guards of a challenger, each as a function that looks when it is asked."""
        run, scenario, policy = self.run, self.scenario, self.policy
        distance = comparison.score_distance
        champion = run.scorer
        fails = scenario.fails if self.is_asked else None
        drilled = scenario.drill_days if self.is_asked else DRILLED

        def rolled(mode: str) -> Finding:
            return roll_out(run, champion, challenger, draw, policy, mode, distance, fails=fails == mode)

        return [
            ("G5", lambda: challenger_is_better(comparison, cause, policy)),
            ("G6", lambda: rolled("shadow")),
            ("G7", lambda: rolled("canary")),
            ("G8", lambda: there_is_a_way_back(WayBack(1, None, drilled), policy)),
        ]

    def _keep(self, week: int) -> tuple[Scorer, Path, Any]:
        kept = self.run.config.root / "kept" / str(week)
        shutil.copytree(self.run.config.models, kept)
        return self.run.scorer, kept, self.run.known

    def _go_back(self, at: datetime) -> bool:
        """Watch the new champion, and go back where the version before would have been better."""
        assert self.before is not None
        scorer, kept, known = self.before
        draws = self.run.draws[self.promoted_in + 1 :]
        if not draws or "G8" in self.without:
            return False
        seen = pd.concat([draw.seen for draw in draws], ignore_index=True)
        recorded = pd.concat([draw.recorded for draw in draws], ignore_index=True).astype(self.run.stage.target.dtype)
        is_known = recorded.notna().to_numpy()
        stage = self.run.stage
        now, before = (outcomes_of(each, seen[is_known], recorded[is_known]) for each in (self.run.scorer, scorer))
        watched = compare_watched(now, before, scorer.task, stage.contract.positive)
        finding = None if watched is None else champion_proves_itself(watched)
        if finding is None or finding.decision is None:
            return False
        shutil.rmtree(self.run.config.models)
        shutil.copytree(kept, self.run.config.models)
        self.run.scorer, self.run.known, self.before = scorer, known, None
        self._record(Decision(ROLLBACK, "G8", finding.reason, {"G8": finding.evidence}), at)
        return True

    def _judge_for_figures(self, challenger: Scorer, week: int) -> None:
        if is_bad(self.scenario, self.run.stage, self.run.scorer, challenger, week):
            self.tale.bad_models += 1


@dataclass(frozen=True)
class Quiet:
    """The weeks before anything goes wrong. They are the same in all scenarios of a stage, so they are lived once."""

    run: Run
    random: np.random.Generator


def live_quietly(stage: Stage, folder: Path) -> Quiet:
    """Live through the quiet weeks, in a folder of their own."""
    run, random = Run.begin(stage, folder), np.random.default_rng(stage.config.training.seed)
    for week in range(STABLE_WEEKS):
        run.happen(week, nothing(stage, random, stage.rows_a_week))
    return Quiet(run, random)


def live_guarded(scenario: Scenario, quiet: Quiet, folder: Path, policy: Policy, without: Collection[str]) -> Tale:
    """Let the guarded controller take its turn at the end of each week."""
    run, random, stage = quiet.run.go_on(folder), deepcopy(quiet.random), quiet.run.stage
    controller = Guarded(scenario, run, policy, without)
    scenario.prepare(run)
    for week in scenario.eventful_weeks:
        if controller.is_asked and not scenario.is_asked(week):
            controller.settle()
        outcomes = run.happen(week, scenario.fault_of(week)(stage, random, stage.rows_a_week))
        controller.tale.count(outcomes, run.draws[-1], stage)
        controller.turn(week)
    return controller.tale


def live_naive(scenario: Scenario, quiet: Quiet, folder: Path, cost: float) -> Tale:
    """Train again on everything whenever inputs or metric have drifted, and use what comes out."""
    run, random, stage = quiet.run.go_on(folder), deepcopy(quiet.random), quiet.run.stage
    tale, before, is_asked, fails = Tale(), stage.known.before_inputs, True, False
    for week in scenario.eventful_weeks:
        if is_asked and not scenario.is_asked(week):
            is_asked, fails = False, False
            run.put_right()
        draw = scenario.fault_of(week)(stage, random, stage.rows_a_week)
        run.draws.append(draw)
        outcomes = outcomes_of(run.scorer, draw.served, draw.actual)
        tale.count(_partly_answered(outcomes, stage) if fails else outcomes, draw, stage)
        changes = compare(before, draw.seen, stage.contract, stage.known.artifact.signature)
        if not any(change.psi > CHANGED for change in changes) and not _looks_bad(stage, outcomes, draw):
            continue
        tale.retrains += 1
        tale.cost += cost
        before = draw.seen
        usable = [each for each in run.draws if each.delay_days < LONGEST_DELAY]
        if scenario.spoiled and is_asked:
            usable = [_spoil(each, stage) for each in usable]
        scorer = fit_again(run, usable)
        fails = scenario.fails is not None and is_asked
        tale.bad_models += is_bad(scenario, stage, run.scorer, scorer, week) or fails
        run.scorer = scorer
    return tale


def _partly_answered(outcomes: pd.DataFrame, stage: Stage) -> pd.DataFrame:
    """Return outcomes of a model that cannot answer every third row: who asked for it takes a constant prediction."""
    lost = np.arange(len(outcomes)) % 3 == 0
    constant = stage.trained.baseline.iloc[0]
    return outcomes.assign(**{name: outcomes[name].mask(lost, constant[name]) for name in ("prediction", "score")})


def is_bad(scenario: Scenario, stage: Stage, before: Scorer, after: Scorer, week: int) -> bool:
    """Tell whether a new model is worse than the one it replaces, on clean rows of what comes next."""
    random = np.random.default_rng(stage.config.training.seed + 1)
    draw = scenario.fault_of(week + 1)(stage, random, JUDGED)
    one, other = (relative_loss(outcomes_of(each, draw.served, draw.actual), draw, stage) for each in (before, after))
    return bool(other > one * (1 + BAD))


def relative_loss(outcomes: pd.DataFrame, draw: Draw, stage: Stage) -> float:
    """Return the mean error of a week over that of one and the same prediction for all of the first test rows.

    Only rows that no model learns from count: the same rows happen again and again here, as they do not in the world.
    """
    outcomes = outcomes[np.isin(draw.place, stage.judges)]
    return float(row_errors(outcomes, stage.scorer.task, stage.contract.positive).mean() / stage.usual_error)


def _looks_bad(stage: Stage, outcomes: pd.DataFrame, draw: Draw) -> bool:
    """Tell whether the metric is beyond its band, on whatever labels there are."""
    is_known = draw.recorded.notna().to_numpy() & (draw.delay_days < 7)
    if is_known.sum() < stage.config.monitoring.min_labels:
        return False
    labelled = outcomes[is_known].assign(actual=draw.recorded[is_known].astype(stage.target.dtype))
    metric = stage.known.metric
    value, (low, high) = (
        metric(labelled),
        stage.known.reference.band(int(is_known.sum()), stage.config.monitoring.sigma),
    )
    return value < low if metric.higher_is_better else value > high


def _compare(run: Run, challenger: Scorer, draws: list[Draw], policy: Policy) -> Comparison:
    """Compare on rows that no model learns from: each counts once, with what the newest weeks know of it."""
    stage = run.stage
    places = np.concatenate([draw.place for draw in draws])[::-1]
    seen = pd.concat([draw.seen for draw in draws], ignore_index=True).iloc[::-1]
    recorded = pd.concat([draw.recorded for draw in draws], ignore_index=True).iloc[::-1]
    first = ~pd.Series(places).duplicated().to_numpy()
    chosen = first & np.isin(places, stage.judges) & recorded.notna().to_numpy()
    actual = recorded[chosen].astype(stage.target.dtype).reset_index(drop=True)
    recent = Rows(seen[chosen].reset_index(drop=True), actual)
    usual = stage.judges[stage.weights[stage.judges] == 1]
    old = Rows(stage.inputs.iloc[usual], stage.target.iloc[usual])
    settings = Slices(min_rows=30)
    compared = compare_models(
        run.scorer,
        challenger,
        recent,
        old,
        stage.contract,
        policy,
        settings,
        stage.config.training.seed,
        worth_by(run.config, stage.contract),
    )
    # Who asks for a row asks for it as often as it happens.
    asked = seen[np.isin(places, stage.judges)]
    scores = [each.predict(asked)["score"].to_numpy(dtype="float64") for each in (challenger, run.scorer)]
    return replace(compared, score_distance=score_distance(*scores))


def _spoil(draw: Draw, stage: Stage) -> Draw:
    """Let a challenger learn wrong labels in one slice."""
    shift = shift_of(stage.target, stage.untouched, stage.contract)
    wrong = shift if isinstance(shift, str) else -shift
    recorded = twisted(draw.recorded.astype(stage.target.dtype), stage.untouched[draw.place], wrong)
    return replace(draw, recorded=recorded.astype(object))
