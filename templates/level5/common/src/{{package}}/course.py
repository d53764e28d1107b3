"""The way of a challenger, one step a turn: trained, compared, in shadow, in the canary, promoted, watched.

Where it stands is read from the records and from the rollout, never remembered, so a turn that was killed anywhere is
gone on with by the next. Whatever happens, the champion answers until the last step of all.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from .decision import APPROVE, CONTINUE, DRILL, FIX_DATA, KEEP_CHAMPION, PROMOTE, RETRAIN, ROLLBACK, VETO, Decision
from .errors import ProjectError
from .guard_challenger import challenger_is_better
from .guard_rollout import canary_is_well, champion_proves_itself, shadow_is_well, there_is_a_way_back
from .hands import DataRefusedError
from .promote import RefusedError

if TYPE_CHECKING:
    from .decision import Recorded
    from .finding import Finding
    from .hands import Hands
    from .policy import Policy

STEPS = (RETRAIN, CONTINUE, KEEP_CHAMPION, PROMOTE, ROLLBACK)


def last_step(records: list[Recorded]) -> Recorded | None:
    """Return the newest record of the way of a challenger that was really done."""
    acted = [each for each in records if each.mode == "act"]
    done = [each for each in acted if each.decision in STEPS or "retrain" in each.evidence]
    return done[-1] if done else None


def go_on(records: list[Recorded], policy: Policy, hands: Hands, now: datetime) -> Decision | None:
    """Take the next step of a challenger that is under way; None where there is none."""
    last = last_step(records)
    if last is None:
        return None
    if last.decision == RETRAIN:
        return _train_and_compare(last, policy, hands)
    if last.decision == CONTINUE:
        return _roll_out(last, records, policy, hands, now)
    if last.decision == PROMOTE and now < datetime.fromisoformat(last.at) + timedelta(days=policy.rollback.watch_days):
        return _watch(last, hands)
    return None


def _train_and_compare(retrain: Recorded, policy: Policy, hands: Hands) -> Decision:
    cause = str(retrain.evidence.get("G2", {}).get("cause", "unknown"))
    challenger = hands.challenger_since(retrain.at)
    if challenger is None:
        try:
            hands.train(cause)
        except DataRefusedError as error:
            return Decision(FIX_DATA, "G3", f"nothing was trained: {error}", {"retrain": retrain.number})
        challenger = hands.challenger_since(retrain.at)
    if challenger is None:
        return Decision(KEEP_CHAMPION, "G5", "the pipeline has refused the new version: see reports/validation.json")
    comparison = hands.compare(challenger)
    found = challenger_is_better(comparison, cause, policy)
    about = {"version": challenger.number, "retrain": retrain.number, "expected": _expected(retrain)}
    if found.decision is not None:
        return Decision(found.decision, "G5", found.reason, {**about, "G5": found.evidence})
    begun = hands.begin_shadow(challenger.number, comparison.score_distance)
    evidence = {**about, "rollout": begun.id, "G5": found.evidence}
    reason = f"version {challenger.number}: {found.reason}"
    return Decision(CONTINUE, "G5", reason, evidence, action=f"version {challenger.number} answers in shadow")


def _roll_out(last: Recorded, records: list[Recorded], policy: Policy, hands: Hands, now: datetime) -> Decision:
    rollout, about = hands.rollout(), _about(last)
    if rollout is None or rollout.id != about["rollout"]:
        return Decision(KEEP_CHAMPION, "G7", "its rollout was ended by somebody", about)
    if rollout.status == "finished":
        # Promoted, and killed before the record was written.
        return _promoted(rollout.candidate, rollout.champion, about)
    veto = _veto(records, last)
    if veto is not None:
        hands.stop(rollout, f"vetoed: {veto.reason}")
        return Decision(KEEP_CHAMPION, "person", f"vetoed: {veto.reason}", about)
    trialled = hands.trialled(rollout, now)
    is_shadow = rollout.mode == "shadow"
    guard = "G6" if is_shadow else "G7"
    found = shadow_is_well(trialled, policy) if is_shadow else canary_is_well(trialled, policy, hands.min_answers())
    if found.decision is not None:
        if found.decision != CONTINUE:
            hands.stop(rollout, found.reason)
        return _decided(found, guard, about)
    if not hands.is_last_step(rollout):
        return _advance(hands, guard, about)
    way = there_is_a_way_back(hands.way_back(_drilled_at(records)), policy)
    if way.decision is not None:
        hands.stop(rollout, way.reason)
        return _decided(way, "G8", about)
    return _advance(hands, "G8", about)


def _advance(hands: Hands, guard: str, about: dict[str, Any]) -> Decision:
    """Take the next step of the rollout; where it is refused, such as without a review, the next turn tries again."""
    try:
        rollout = hands.advance()
    except RefusedError as error:
        return Decision(KEEP_CHAMPION, guard, str(error), about)
    except ProjectError as error:
        return Decision(CONTINUE, guard, f"it waits: {error}", about)
    if rollout.status == "finished":
        return _promoted(rollout.candidate, rollout.champion, about)
    action = f"version {rollout.candidate} answers {rollout.percent:g} % of the keys"
    return Decision(CONTINUE, guard, "nothing is wrong with it so far", about, action=action)


def _promoted(version: int, before: int, about: dict[str, Any]) -> Decision:
    evidence = {**about, "version": version, "before": before}
    reason = f"version {version} was better in all that it was asked, and there is a way back to version {before}"
    return Decision(PROMOTE, "G8", reason, evidence, action=f"version {version} is the champion")


def _watch(promoted: Recorded, hands: Hands) -> Decision | None:
    """Go back where the version before would have been better; nothing is said as long as all is well."""
    version, before = promoted.evidence.get("version"), promoted.evidence.get("before")
    champion = hands.champion()
    if version is None or before is None or champion is None or champion.number != version:
        return None
    expected = promoted.evidence.get("expected", {})
    retrain = int(promoted.evidence.get("retrain", promoted.number))
    hands.settle(retrain, version, before, expected.get("gain") or 0.0, expected.get("cost") or 0.0)
    watched = hands.watched(version, before)
    found = None if watched is None else champion_proves_itself(watched)
    if found is None or found.decision is None:
        return None
    hands.roll_back(before)
    evidence = {**_about(promoted), "version": before, "before": version, "G8": found.evidence}
    return Decision(ROLLBACK, "G8", found.reason, evidence, action=f"version {before} is the champion again")


def _decided(found: Finding, guard: str, about: dict[str, Any]) -> Decision:
    action = "" if found.decision == CONTINUE else "the champion answers everything"
    return Decision(str(found.decision), guard, found.reason, {**about, guard: found.evidence}, action=action)


def _about(record: Recorded) -> dict[str, Any]:
    kept = ("version", "retrain", "expected", "rollout")
    return {name: record.evidence[name] for name in kept if name in record.evidence}


def _expected(retrain: Recorded) -> dict[str, Any]:
    found = retrain.evidence.get("G4", {})
    return {"gain": found.get("gain"), "cost": retrain.cost}


def _veto(records: list[Recorded], last: Recorded) -> Recorded | None:
    """Return a veto that was given since this challenger began, and not taken back by an approval."""
    since = last.evidence.get("retrain", 0)
    said = [each for each in records if each.number > since and each.decision in (VETO, APPROVE)]
    return said[-1] if said and said[-1].decision == VETO else None


def _drilled_at(records: list[Recorded]) -> str | None:
    """Return when going back was last exercised: by a drill, or in earnest."""
    went = [each for each in records if each.decision in (DRILL, ROLLBACK)]
    return went[-1].at if went else None
