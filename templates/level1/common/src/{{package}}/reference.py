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

# Metrics this near to the end of their range are not told apart.
NEAR_THE_END = 0.005
# A deviation this small, on the scale below, is of no consequence however sure it is.
SMALLEST_DEVIATION = 0.02


@dataclass(frozen=True)
class Reference:
    """The metric on the test rows.

    `value` is its mean over their periods, `between` the standard deviation between those, and `sampling` the one that
    chance alone gives for `rows` rows, found by bootstrap. Deviations are on the scale of `to_scale`.
    """

    metric: Metric
    value: float
    between: float
    sampling: float
    rows: int

    def deviation(self, rows: int) -> float:
        """Return the standard deviation to expect of the metric on that many rows, on the scale of `to_scale`."""
        return max(self.between, self.sampling * float(np.sqrt(self.rows / rows)), SMALLEST_DEVIATION)

    def band(self, rows: int, sigma: float) -> tuple[float, float]:
        """Return the lowest and highest value that is still as expected, for that many rows.

        Mean and standard deviation over chunks, as in NannyML's default thresholds; in addition a small period is
        granted the deviation that chance gives it.
        """
        centre, width = to_scale(self.value, self.metric), sigma * self.deviation(rows)
        return from_scale(centre - width, self.metric), from_scale(centre + width, self.metric)


def find_reference(outcomes: pd.DataFrame, metric: Metric, period: str, min_rows: int, seed: int) -> Reference:
    """Measure the reference on the outcomes of the test rows, which have a `time` where the data has one."""
    by_period = [to_scale(value, metric) for value in _by_period(outcomes, metric, period, min_rows)]
    has_periods = len(by_period) >= FEWEST_PERIODS
    resampled = [to_scale(value, metric) for value in resample(outcomes, metric, seed)]
    return Reference(
        metric,
        value=from_scale(float(np.mean(by_period)), metric) if has_periods else metric(outcomes),
        between=float(np.std(by_period, ddof=1)) if has_periods else 0.0,
        sampling=float(np.std(resampled, ddof=1)),
        rows=len(outcomes),
    )


def to_scale(value: float, metric: Metric) -> float:
    """Return a metric on a scale where it varies evenly to both sides: log odds from 0 to 1, else logarithm."""
    if metric.highest == 1 and metric.lowest == 0:
        inside = min(max(value, NEAR_THE_END), 1 - NEAR_THE_END)
        return float(np.log(inside / (1 - inside)))
    if metric.lowest == 0:
        return float(np.log(max(value, np.finfo(float).tiny)))
    return value


def from_scale(value: float, metric: Metric) -> float:
    """Undo `to_scale`."""
    if metric.highest == 1 and metric.lowest == 0:
        return float(1 / (1 + np.exp(-value)))
    return float(np.exp(value)) if metric.lowest == 0 else value


def _by_period(outcomes: pd.DataFrame, metric: Metric, period: str, min_rows: int) -> list[float]:
    if "time" not in outcomes.columns:
        return []
    groups = outcomes.groupby(period_labels(outcomes["time"], period))
    values = [metric(group) for _, group in groups if len(group) >= min_rows]
    return [value for value in values if not np.isnan(value)]
