"""G5: is the challenger surely better than the champion, and nowhere worse?"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from .decision import KEEP_CHAMPION
from .finding import Finding

if TYPE_CHECKING:
    from .comparison import Comparison
    from .policy import Policy

CONCEPT_DRIFT = "concept drift"


def challenger_is_better(found: Comparison, cause: str, policy: Policy) -> Finding:
    """Judge a comparison. `cause` is why the challenger was trained."""
    limits, evidence = policy.challenger, {**asdict(found), "cause": cause}
    # After concept drift the old rows describe a world that is gone: who is right now is wrong there.
    asks_old = cause != CONCEPT_DRIFT and found.old_loss is not None
    evidence["old_rows"] = "asked" if asks_old else "not asked"
    refusals = []
    if found.bad_scores:
        refusals.append(f"{found.bad_scores:,} predictions are no number")
    if found.gain_low <= limits.min_gain:
        refusals.append(
            f"its error on {found.rows:,} recent rows is lower by {found.gain:.1%}, but surely by {found.gain_low:.1%} "
            f"only; {limits.min_gain:.1%} is asked"
        )
    if found.slices:
        refusals.append(f"it is worse in {'; '.join(found.slices[:3])}")
    if asks_old and found.old_loss is not None and found.old_loss > limits.max_old_loss:
        refusals.append(f"its error on the old test rows is higher by {found.old_loss:.1%}")
    if found.calibration_loss is not None and found.calibration_loss > limits.max_calibration_loss:
        refusals.append(f"its calibration error is larger by {found.calibration_loss:.3f}")
    if found.value_gain is not None and found.value_gain < limits.min_value_gain:
        refusals.append(
            f"its decision about a row is worth {found.value_gain:+.4g} more by roi.yaml; {limits.min_value_gain:.4g} "
            "is asked"
        )
    if found.size_ratio > limits.max_size_ratio:
        refusals.append(f"it is {found.size_ratio:.1f} times as large")
    if found.latency_ratio > limits.max_latency_ratio:
        refusals.append(f"it takes {found.latency_ratio:.1f} times as long")
    if refusals:
        return Finding(KEEP_CHAMPION, "; ".join(refusals), evidence)
    return Finding(reason=f"its error on {found.rows:,} recent rows is lower by {found.gain:.1%}", evidence=evidence)
