"""G2: is the cause one that training again can mend?

The order matters: broken data or code makes every other finding worthless, and what people have changed is no drift.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from .decision import FIX_DATA, FIX_MODEL, FIX_SERVING, INVESTIGATE, TALK_TO_BUSINESS
from .finding import Finding

if TYPE_CHECKING:
    from .policy import Event, Policy
    from .situation import Situation

# What `diagnose` calls the causes.
REPAIRS = {"data quality": FIX_DATA, "train/serve skew": FIX_SERVING, "leakage": FIX_MODEL}
LABEL_FAULT = "label fault"


def cause_can_be_mended(situation: Situation, policy: Policy) -> Finding:
    """Stale data, then what `diagnose` says is broken, then what people did, then wrong labels, then drift."""
    if situation.stale:
        return Finding(FIX_DATA, f"freshness: {'; '.join(situation.stale)}", {"cause": "stale data"})
    verdict = situation.cause()
    evidence = {"cause": verdict.cause, "because": verdict.evidence, "context": verdict.context}
    because = "; ".join(verdict.evidence)
    if verdict.cause in REPAIRS:
        return Finding(REPAIRS[verdict.cause], f"{verdict.cause}: {because}", evidence)
    event = _event_near(situation, policy)
    if event is not None:
        reason = f"predictions became worse when, on {event.at}: {event.what}"
        return Finding(TALK_TO_BUSINESS, reason, {**evidence, "event": event.what})
    if situation.overruled > policy.cause.max_overruled:
        reason = (
            f"{situation.overruled:.1%} of the logged decisions are not what score and threshold say: somebody "
            "overrules them, or has changed the threshold"
        )
        return Finding(TALK_TO_BUSINESS, reason, {**evidence, "overruled": situation.overruled})
    if verdict.cause == LABEL_FAULT:
        return Finding(FIX_DATA, f"{verdict.cause}: {because}", evidence)
    if verdict.cause not in policy.cause.retrain_on:
        reason = f"the cause is {verdict.cause}, and training again is for {', '.join(policy.cause.retrain_on)}"
        return Finding(INVESTIGATE, f"{reason}: {because}", evidence)
    return Finding(evidence=evidence)


def _event_near(situation: Situation, policy: Policy) -> Event | None:
    """Return the event that is nearest to the beginning of the bad windows, within the days that count."""
    first = situation.first_bad
    if first is None:
        return None
    margin = timedelta(days=policy.cause.event_days)
    begins, ends = (first.begins - margin).date(), (first.ends + margin).date()
    near = [event for event in situation.events if begins <= event.at <= ends]
    return min(near, key=lambda event: abs((event.at - first.begins.date()).days), default=None)
