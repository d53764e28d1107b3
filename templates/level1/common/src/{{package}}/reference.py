"""What to expect of the model: its metric on the test rows, and how much it varies there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from .metrics import resample
from .periods import FEWEST_PERIODS, period_labels

if TYPE_CHECKING:
    import pandas as pd

    from .metrics import Metric


@dataclass(frozen=True)
class Reference:
    """The metric on the test rows.

    `value` is its mean over their periods, `between` the standard deviation between those, and `sampling` the one that
    chance alone gives for `rows` rows. From `lowest` to `highest` is what the metric can be at all.
    """

    value: float
    between: float
    sampling: float
    rows: int
    lowest: float
    highest: float

    def deviation(self, rows: int) -> float:
        """Return the standard deviation to expect of the metric on that many rows."""
        return max(self.between, self.sampling * np.sqrt(self.rows / rows))

    def band(self, rows: int, sigma: float) -> tuple[float, float]:
        """Return the lowest and highest value that is still as expected, for that many rows.

        Mean and standard deviations over chunks, as NannyML's default thresholds have it; in addition a small
        period is granted the deviation that chance gives it.
        """
        width = sigma * self.deviation(rows)
        return max(self.lowest, self.value - width), min(self.highest, self.value + width)


def find_reference(outcomes: pd.DataFrame, metric: Metric, period: str, min_rows: int, seed: int) -> Reference:
    """Measure the reference on the outcomes of the test rows, which have a `time` where the data has one."""
    values = _by_period(outcomes, metric, period, min_rows)
    has_periods = len(values) >= FEWEST_PERIODS
    return Reference(
        value=float(np.mean(values)) if has_periods else metric(outcomes),
        between=float(np.std(values, ddof=1)) if has_periods else 0.0,
        sampling=float(np.std(resample(outcomes, metric, seed), ddof=1)),
        rows=len(outcomes),
        lowest=metric.lowest,
        highest=metric.highest,
    )


def _by_period(outcomes: pd.DataFrame, metric: Metric, period: str, min_rows: int) -> list[float]:
    if "time" not in outcomes.columns:
        return []
    groups = outcomes.groupby(period_labels(outcomes["time"], period))
    values = [metric(group) for _, group in groups if len(group) >= min_rows]
    return [value for value in values if not np.isnan(value)]
