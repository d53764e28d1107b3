"""An interval for the difference of two means that holds however often it is looked at.

A confidence interval of fixed size errs more often with every look at a running test. This one is a confidence
sequence: with probability 1 - alpha it holds the true difference at all sample sizes at once, so a test may be looked
at every day, and ended at any time. It inverts the mixture sequential probability ratio test with a normal mixture
(R. Johari, P. Koomen, L. Pekelis, D. Walsh: Always valid inference: continuous monitoring of A/B tests, Operations
Research 70(3), 2022), for large samples and an unknown variance (I. Waudby-Smith, D. Arbour, R. Sinha, E. H. Kennedy,
A. Ramdas: Time-uniform central limit theory and asymptotic confidence sequences, Annals of Statistics 52(6), 2024).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

# With fewer units of one arm, nothing is known about the variance.
LEAST_UNITS = 30


@dataclass(frozen=True)
class Difference:
    """Mean of the second sample minus that of the first; `low` and `high` hold at any time, or are infinite yet."""

    value: float
    low: float
    high: float

    @property
    def excludes_zero(self) -> bool:
        return self.low > 0 or self.high < 0


def mean_difference(
    first: Sequence[float] | np.ndarray,
    second: Sequence[float] | np.ndarray,
    planned: tuple[float, float],
    confidence: float,
) -> Difference:
    """Compare two samples of independent units.

    Args:
        planned: sizes for which the interval shall be narrowest; they have to be chosen before the first look
        confidence: 1 - alpha
    """
    one, other = np.asarray(first, dtype="float64"), np.asarray(second, dtype="float64")
    if min(len(one), len(other)) < LEAST_UNITS:
        value = float(other.mean() - one.mean()) if len(one) and len(other) else math.nan
        return Difference(value, -math.inf, math.inf)
    value = float(other.mean() - one.mean())
    spread = one.var(ddof=1) / len(one), other.var(ddof=1) / len(other)
    variance = float(sum(spread))
    # What the variance of the difference will be at the planned sizes, with the variances of now.
    at_plan = spread[0] * len(one) / planned[0] + spread[1] * len(other) / planned[1]
    width = half_width(variance, float(at_plan), 1 - confidence)
    return Difference(value, value - width, value + width)


def half_width(variance: float, at_plan: float, alpha: float) -> float:
    """Return half of the interval's width for an estimate with a variance, narrowest where it has fallen to `at_plan`.

    The mixture's variance that makes it so is (2 log(1/alpha) + log(1 + 2 log(1/alpha))) * at_plan, nearly (appendix
    B.2 of Waudby-Smith et al.).
    """
    if variance == 0:
        return 0.0
    logarithm = 2 * math.log(1 / alpha)
    mixture = (logarithm + math.log1p(logarithm)) * at_plan
    both = variance + mixture
    return math.sqrt(variance * both / mixture * (logarithm + math.log(both / variance)))


def mismatch_p_value(first: int, second: int, share: float) -> float:
    """Return how likely it is that chance splits units this unevenly (a sample ratio mismatch), by a normal test.

    Args:
        share: of the units that were meant to be in the second sample
    """
    total = first + second
    if total == 0:
        return 1.0
    z = (second - total * share) / math.sqrt(total * share * (1 - share))
    return math.erfc(abs(z) / math.sqrt(2))
