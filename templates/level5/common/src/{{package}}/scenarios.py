"""The scenarios of `make simulate`: what goes wrong, and what has to be decided then."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from . import faults
from .decision import (
    DEFER_COST,
    FIX_DATA,
    FIX_MODEL,
    FIX_SERVING,
    FREEZE,
    KEEP_CHAMPION,
    PROMOTE,
    RETRAIN,
    ROLLBACK,
    TALK_TO_BUSINESS,
    UNFREEZE,
    WAIT_FOR_LABELS,
    Decision,
    append_decision,
    decisions_file,
)
from .policy import EVENTS_FILE
from .repairs import Repair, add_repair

if TYPE_CHECKING:
    from .faults import Fault
    from .policy import Policy
    from .world import Run, Stage

STABLE_WEEKS = 5
# Every story goes on for so many weeks after them, so that what was decided can bear fruit.
EVENTFUL_WEEKS = 8
BROKEN_WEEKS = 2
# What a turn ends with that finds its records changed.
STOPPED = "STOPPED"

GENERAL, RARE, LEAKY = "general", "rare", "leaky"
PROMOTED = (RETRAIN, PROMOTE)


def _as_it_is(policy: Policy, _stage: Stage) -> Policy:
    return policy


def _nothing(_run: Run) -> None:
    return None


@dataclass(frozen=True)
class Scenario:
    """A story of thirteen weeks, the first five of them quiet; then something goes wrong for some `weeks`.

    `required` are the decisions that have to be made in the first `asked` of these weeks, in this order, NO_ACTION left
    out; `guard` has to say the last of them (or to say no where there are none), and `names` returns words of which its
    reason has to hold one. `spoiled` and `fails` are about the challenger: labels that it learns wrongly, and where it
    fails. After the weeks that are asked about, people have done what was asked of them, whoever the controller was:
    `settle` does it in the project, policy and drill are as they should be, and a challenger has no faults any more.
    """

    name: str
    required: tuple[str, ...]
    guard: str
    fault: Fault = faults.nothing
    weeks: int = 3
    asked: int = 3
    stage: str = GENERAL
    policy: Callable[[Policy, Stage], Policy] = _as_it_is
    prepare: Callable[[Run], None] = _nothing
    settle: Callable[[Run], None] = _nothing
    names: Callable[[Stage], list[str]] = lambda _: []
    spoiled: bool = False
    fails: str | None = None
    drill_days: float | None = 1.0
    on_weeks: tuple[int, ...] | None = None
    afterwards: Fault = faults.nothing

    @property
    def world(self) -> tuple[object, ...]:
        """What happens, whoever lives through it: scenarios that are alike in this differ in the controller only."""
        happening = (self.fault, self.weeks, self.asked, self.stage, self.on_weeks, self.afterwards)
        return (*happening, self.spoiled, self.fails is not None)

    @property
    def eventful_weeks(self) -> range:
        """The weeks at whose end the controller has its turn."""
        return range(STABLE_WEEKS, STABLE_WEEKS + EVENTFUL_WEEKS)

    def is_asked(self, week: int) -> bool:
        """Tell whether decisions of a week are those that the scenario is about."""
        return week < STABLE_WEEKS + self.asked

    def fault_of(self, week: int) -> Fault:
        """Return what happens in a week, counted from 0."""
        since = week - STABLE_WEEKS
        if since < 0:
            return faults.nothing
        is_on = since in self.on_weeks if self.on_weeks is not None else since < self.weeks
        return self.fault if is_on else self.afterwards


def _cooldown(policy: Policy, _stage: Stage) -> Policy:
    return replace(policy, timing=replace(policy.timing, cooldown_days=60))


def _no_budget(policy: Policy, _stage: Stage) -> Policy:
    return replace(policy, money=replace(policy.money, budget_per_month=0))


def _short_horizon(policy: Policy, _stage: Stage) -> Policy:
    return replace(policy, money=replace(policy.money, horizon_days=0.1))


def _watched_inputs(policy: Policy, stage: Stage) -> Policy:
    days = dict.fromkeys(faults.standing_still(stage), 6.9)
    return replace(policy, freshness=replace(policy.freshness, inputs=days))


def _person(run: Run, decision: str, reason: str) -> None:
    at = run.week_begins(len(run.draws)).isoformat()
    record = Decision(decision, "person", reason, {"who": "somebody"})
    append_decision(run.config, record, mode="person", policy_version="", at=at)


def _freeze(run: Run) -> None:
    _person(run, FREEZE, "what is written down as the target seems to be wrong; we look into it")


def _unfreeze(run: Run) -> None:
    _person(run, UNFREEZE, "it is put right")


def _promoted_lately(run: Run) -> None:
    at = run.week_begins(STABLE_WEEKS - 1).isoformat()
    append_decision(run.config, Decision(PROMOTE, "G8", "it was better"), mode="act", policy_version="", at=at)


def _set_apart(run: Run) -> None:
    begins, ends = (str(run.week_begins(STABLE_WEEKS + week)) for week in (0, BROKEN_WEEKS))
    name = faults.least_important(run.stage)
    add_repair(run.config, Repair(name, begins[:19], ends[:19], None, "somebody", "values that cannot be"))


def _event(run: Run) -> None:
    day = run.week_begins(STABLE_WEEKS).date().isoformat()
    text = f"events:\n  - at: {day}\n    what: the threshold was changed downstream, and what counts with it\n"
    (run.config.root / EVENTS_FILE).write_text(text, encoding="utf-8")


def _tamper(run: Run) -> None:
    """Turn the freeze of a person into its end, behind everybody's back."""
    _freeze(run)
    path = decisions_file(run.config)
    path.write_text(path.read_text(encoding="utf-8").replace(FREEZE, UNFREEZE), encoding="utf-8")


def _restore(run: Run) -> None:
    path = decisions_file(run.config)
    if path.is_file():
        path.write_text(path.read_text(encoding="utf-8").replace(UNFREEZE, FREEZE), encoding="utf-8")
    _unfreeze(run)


SCENARIOS = (
    Scenario("stable", (), "G0b"),
    Scenario("covariate drift, no loss", (), "G0b", faults.harmless_drift, 5, 5),
    Scenario("one bad window, recovered", (), "G0b", faults.concept_drift, 1, 5),
    Scenario("covariate shift with loss, labels mature", PROMOTED, "G8", faults.rare_rows, EVENTFUL_WEEKS, 5, RARE),
    Scenario("concept drift, labels mature", PROMOTED, "G8", faults.concept_drift, EVENTFUL_WEEKS, 5),
    Scenario("concept drift, labels 90 days late", (WAIT_FOR_LABELS,), "G1", faults.late_labels, EVENTFUL_WEEKS, 5),
    Scenario("only 10% labelled, biased sample", (WAIT_FOR_LABELS,), "G1", faults.few_labels, 5, 5),
    Scenario(
        "column unit change upstream",
        (FIX_DATA,),
        "G2",
        faults.other_unit,
        names=faults.harmful,
    ),
    Scenario(
        "source frozen (stale)",
        (FIX_DATA,),
        "G2",
        faults.standstill,
        policy=_watched_inputs,
        names=lambda _: ["freshness"],
    ),
    Scenario("serving feature code diverges", (FIX_SERVING,), "G2", faults.other_serving),
    Scenario(
        "leaked feature vanishes in production",
        (FIX_MODEL,),
        "G2",
        faults.leak_gone,
        stage=LEAKY,
        names=lambda stage: [str(stage.leaked)],
    ),
    Scenario(
        "decision threshold changed downstream", (TALK_TO_BUSINESS,), "G2", faults.other_definition, prepare=_event
    ),
    Scenario(
        "challenger better overall, worse on one slice",
        (RETRAIN, KEEP_CHAMPION),
        "G5",
        faults.concept_drift,
        EVENTFUL_WEEKS,
        names=lambda stage: [stage.half_of],
        spoiled=True,
    ),
    Scenario(
        "challenger trained on corrupted rows",
        (FIX_DATA,),
        "G3",
        faults.broken_rows,
        weeks=BROKEN_WEEKS,
        settle=_set_apart,
        names=lambda stage: [faults.least_important(stage)],
        afterwards=faults.concept_drift,
    ),
    Scenario(
        "canary raises error rate",
        (RETRAIN, ROLLBACK),
        "G7",
        faults.concept_drift,
        EVENTFUL_WEEKS,
        fails="canary",
        names=lambda _: ["error rate"],
    ),
    Scenario("budget exhausted", (DEFER_COST,), "G4", faults.concept_drift, EVENTFUL_WEEKS, policy=_no_budget),
    Scenario("gain < cost", (DEFER_COST,), "G4", faults.concept_drift, EVENTFUL_WEEKS, policy=_short_horizon),
    Scenario(
        "flapping metric inside cooldown",
        (),
        "G0",
        faults.concept_drift,
        asked=4,
        policy=_cooldown,
        prepare=_promoted_lately,
        on_weeks=(0, 2, 3),
    ),
    Scenario("frozen by a human", (), "G0", faults.other_definition, prepare=_freeze, settle=_unfreeze),
    Scenario(
        "shadow cannot answer", (RETRAIN, KEEP_CHAMPION), "G6", faults.concept_drift, EVENTFUL_WEEKS, fails="shadow"
    ),
    Scenario("no way back", (RETRAIN, KEEP_CHAMPION), "G8", faults.concept_drift, EVENTFUL_WEEKS, drill_days=None),
    Scenario("drift that goes back after promotion", (RETRAIN, PROMOTE, ROLLBACK), "G8", faults.concept_drift, 3, 4),
    Scenario(
        "record of decisions was changed",
        (STOPPED,),
        "G9",
        faults.other_definition,
        prepare=_tamper,
        settle=_restore,
    ),
)
