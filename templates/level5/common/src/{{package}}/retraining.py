"""Whether to train again: the guards, in the order in which they are asked. The first that says no decides."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .decision import RETRAIN, Decision
from .guard_cause import cause_can_be_mended
from .guard_data import new_rows_are_clean
from .guard_labels import labels_are_mature
from .guard_money import is_worth_it
from .guard_signal import not_frozen, signal_is_real

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from .finding import Finding
    from .policy import Policy
    from .situation import Situation

GUARDS: dict[str, Callable[[Situation, Policy], Finding]] = {
    "G0": not_frozen,
    "G0b": signal_is_real,
    "G1": labels_are_mature,
    "G2": cause_can_be_mended,
    "G3": new_rows_are_clean,
    "G4": is_worth_it,
}


def decide(situation: Situation, policy: Policy, without: Collection[str] = ()) -> Decision:
    """Ask each guard, and return the decision with the evidence of all that were asked.

    Args:
        without: guards that are left out, to show what they are good for
    """
    evidence: dict[str, Any] = {}
    for name, guard in GUARDS.items():
        if name in without:
            continue
        finding = guard(situation, policy)
        evidence[name] = finding.evidence
        if finding.decision is not None:
            return Decision(finding.decision, name, finding.reason, evidence)
    reason = "the loss is real, its cause can be mended by training again, and that is worth its cost"
    cost = evidence["G4"]["cost"] if "G4" in evidence else 0.0
    return Decision(RETRAIN, "all", reason, evidence, cost=cost)
