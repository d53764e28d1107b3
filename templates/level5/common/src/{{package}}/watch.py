"""After a promotion: is the new champion, on mature labels, as good as the version before would have been?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .guard_rollout import Watched
from .slices import row_errors

if TYPE_CHECKING:
    import pandas as pd

    from .config import Task

# One-sided, and looked at again and again: three standard errors, as with every alarm here.
SIGMA = 3.0
FEWEST_ROWS = 50


def compare_watched(now: pd.DataFrame, before: pd.DataFrame, task: Task, positive: str | None) -> Watched | None:
    """Compare outcomes of the same rows with known actual values; None while there are too few."""
    if len(now) < FEWEST_ROWS:
        return None
    errors, others = row_errors(now, task, positive), row_errors(before, task, positive)
    difference = errors - others
    spread = float(difference.std(ddof=1)) / np.sqrt(len(difference))
    return Watched(
        rows=len(errors),
        error=float(errors.mean()),
        error_before=float(others.mean()),
        surely_worse=bool(float(difference.mean()) > SIGMA * spread > 0),
    )
