"""G0 and G0b: is anybody to act at all, and is there a loss that is real?"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from .decision import INVESTIGATE, NO_ACTION
from .finding import Finding, days
from .situation import BAD

if TYPE_CHECKING:
    from .policy import Policy
    from .situation import Situation


def not_frozen(situation: Situation, policy: Policy) -> Finding:
    """G0: not frozen, no rollout under way, and the last promotion has had time to settle."""
    if situation.clock is not None:
        return Finding(INVESTIGATE, situation.clock)
    if situation.frozen is not None:
        return Finding(NO_ACTION, f"frozen {situation.frozen}")
    if situation.rollout is not None:
        return Finding(NO_ACTION, f"a rollout is under way: {situation.rollout}")
    if situation.last_promotion is None:
        return Finding()
    maturity = situation.labels.maturity_days or 0.0
    cooldown = max(policy.timing.cooldown_days, policy.timing.cooldown_maturities * maturity)
    ends = situation.last_promotion + timedelta(days=cooldown)
    evidence = {"last_promotion": situation.last_promotion.isoformat(), "cooldown_days": round(cooldown, 2)}
    if situation.now < ends:
        since = days((situation.now - situation.last_promotion).total_seconds())
        reason = f"the model in use is {since:g} days old; it settles until {ends:%Y-%m-%d %H:%M}"
        return Finding(NO_ACTION, reason, evidence)
    return Finding(evidence=evidence)


def signal_is_real(situation: Situation, policy: Policy) -> Finding:
    """G0b: the realised metric is bad in several of the newest windows, and in the newest."""
    newest = situation.windows[-policy.signal.of_windows :]
    bad = [window.name for window in newest if window.verdict == BAD]
    evidence = {
        "windows": {window.name: window.verdict for window in newest},
        "values": {window.name: window.value for window in newest},
        "drifted": list(situation.drifted),
    }
    if not newest or not newest[-1].is_judged:
        # What cannot be judged is no good news either: the guard of the labels has to say what is missing.
        return Finding(evidence={**evidence, "judged": False})
    if newest[-1].verdict == BAD and len(bad) >= policy.signal.bad_windows:
        return Finding(evidence=evidence)
    expected = None if bad else situation.estimate()
    if expected is not None:
        return Finding(INVESTIGATE, f"{expected}; there are no labels of it yet, and an estimate is no proof", evidence)
    return Finding(NO_ACTION, _harmless(situation, bad, newest[-1].verdict, len(newest), policy), evidence)


def _harmless(situation: Situation, bad: list[str], latest: str, count: int, policy: Policy) -> str:
    if bad and latest != BAD:
        return f"{len(bad)} of {count} windows were bad, and the newest is good again"
    if bad:
        return f"{len(bad)} of {count} windows are bad; {policy.signal.bad_windows} would be no accident"
    if situation.drifted:
        shown = ", ".join(situation.drifted[:3])
        return f"inputs have drifted ({shown}), and predictions are as good as before"
    return "predictions are as good as expected"
