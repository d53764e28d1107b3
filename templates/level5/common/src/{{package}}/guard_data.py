"""G3: are the rows to train on clean, and enough?"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from .decision import FIX_DATA, WAIT_FOR_LABELS
from .errors import listing
from .finding import Finding

if TYPE_CHECKING:
    from .policy import Policy
    from .situation import Situation


def new_rows_are_clean(situation: Situation, policy: Policy) -> Finding:
    """The new labelled rows keep the contract, are not the same cases again and again, and are many enough."""
    new, limits = situation.new_rows(), policy.training
    needed = max(limits.min_new_labels, round(limits.min_new_share * new.trained_on))
    evidence = {**asdict(new), "needed": needed}
    if new.broken > limits.max_broken:
        columns = f": {listing(new.broken_columns)}" if new.broken_columns else ""
        reason = f"{new.broken:.1%} of the new rows break contract.yaml{columns}"
        return Finding(FIX_DATA, reason, evidence)
    if new.repeated > limits.max_repeated:
        reason = f"{new.repeated:.1%} of the new rows are cases that were there before (a feedback loop?)"
        return Finding(FIX_DATA, reason, evidence)
    if new.rows < needed:
        return Finding(WAIT_FOR_LABELS, f"{new.rows:,} new labels are there, {needed:,} are needed", evidence)
    return Finding(evidence=evidence)
