"""G1: are the labels that one would judge by, and train on, mature?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .decision import WAIT_FOR_LABELS
from .finding import Finding, days

if TYPE_CHECKING:
    from .policy import Policy
    from .situation import Situation


def labels_are_mature(situation: Situation, policy: Policy) -> Finding:
    """Labels cover the newest mature window, are no selection of it, and are not old."""
    labels, limits = situation.labels, policy.labels
    if labels.maturity_days is None or labels.newest_mature is None or not situation.windows:
        return Finding(WAIT_FOR_LABELS, f"no prediction has a mature label yet{_until(situation)}")
    newest = situation.windows[-1]
    age = days((situation.now - labels.newest_mature).total_seconds())
    evidence = {
        "maturity_days": round(labels.maturity_days, 2),
        "coverage": round(newest.coverage, 4),
        "newest_mature_label_days": age,
        "selection_auc": labels.selection_auc,
    }
    if newest.coverage < limits.min_coverage:
        reason = (
            f"{newest.coverage:.0%} of the predictions of {newest.name} have a label, {limits.min_coverage:.0%} are "
            f"needed{_overdue(situation)}"
        )
        return Finding(WAIT_FOR_LABELS, reason, evidence)
    if age > limits.max_age_days:
        reason = (
            f"the newest mature label belongs to a prediction of {age:g} days ago; at most {limits.max_age_days:g} "
            f"are allowed, or the world may be another one{_until(situation)}"
        )
        return Finding(WAIT_FOR_LABELS, reason, evidence)
    auc = labels.selection_auc
    if auc is not None and auc > limits.max_selection_auc:
        reason = f"the labelled rows are a selection: they can be told from the others with a ROC AUC of {auc:.2f}"
        return Finding(WAIT_FOR_LABELS, reason, evidence)
    return Finding(evidence=evidence)


def _until(situation: Situation) -> str:
    due = situation.labels.next_mature
    return "" if due is None else f"; the next window matures on {due:%Y-%m-%d %H:%M}"


def _overdue(situation: Situation) -> str:
    late = days((situation.now - situation.windows[-1].ends).total_seconds())
    usual = situation.labels.maturity_days
    return f"; {late:g} days have gone by, and {usual:.2g} are usual{_until(situation)}"
