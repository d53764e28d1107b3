"""Whether a candidate may go on: its errors, latency and scores beside those of the champion."""

from __future__ import annotations

import math
import threading
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from .rollout_plan import Guards

# How many of the newest answers are compared.
WINDOW = 2000
# How unlikely it is that equal distributions lie as far apart as chance is granted: 1 in 10,000, as it is looked often.
CHANCE = 1e-4


@dataclass
class Answers:
    """What one version did lately; `count` and `errors` since the rollout or its step began."""

    count: int = 0
    errors: int = 0
    seconds: deque[float] = field(default_factory=lambda: deque(maxlen=WINDOW))
    scores: deque[float] = field(default_factory=lambda: deque(maxlen=WINDOW))
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def add(self, seconds: float, score: float | None) -> None:
        """Count an answer, or with no score an error."""
        with self._lock:
            self.count += 1
            self.seconds.append(seconds)
            if score is None:
                self.errors += 1
            else:
                self.scores.append(score)

    def arrays(self) -> tuple[np.ndarray, np.ndarray]:
        with self._lock:
            return np.array(self.seconds), np.array(self.scores)


def find_problem(candidate: Answers, champion: Answers, guards: Guards) -> str | None:
    """Return why the candidate has to be stopped, or None."""
    allowed = guards.max_error_rate * max(candidate.count, guards.min_answers)
    if candidate.errors > allowed:
        return (
            f"error rate: {candidate.errors} of {candidate.count:,} rows could not be answered; "
            f"allowed is {guards.max_error_rate:.2%}"
        )
    if min(candidate.count, champion.count) < guards.min_answers:
        return None
    candidate_seconds, candidate_scores = candidate.arrays()
    champion_seconds, champion_scores = champion.arrays()
    return _slower(candidate_seconds, champion_seconds, guards) or _apart(candidate_scores, champion_scores, guards)


def _slower(candidate: np.ndarray, champion: np.ndarray, guards: Guards) -> str | None:
    measured, usual = (float(np.quantile(each, 0.95)) * 1000 for each in (candidate, champion))
    allowed = max(guards.latency_floor_ms, guards.max_latency_ratio * usual)
    if measured <= allowed:
        return None
    return f"latency: 95 of 100 answers took up to {measured:.1f} ms, the champion's {usual:.1f}; allowed {allowed:.1f}"


def _apart(candidate: np.ndarray, champion: np.ndarray, guards: Guards) -> str | None:
    if min(len(candidate), len(champion)) < guards.min_answers:
        return None
    distance = score_distance(candidate, champion)
    chance = math.sqrt(-math.log(CHANCE / 2) / 2 * (1 / len(candidate) + 1 / len(champion)))
    if distance <= guards.max_score_distance + chance:
        return None
    return (
        f"scores: their distribution lies {distance:.2f} from the champion's; allowed is "
        f"{guards.max_score_distance:.2f}, and {chance:.2f} for chance"
    )


def score_distance(one: np.ndarray, other: np.ndarray) -> float:
    """Return the Kolmogorov-Smirnov distance of two samples: the largest difference of their shares below a value."""
    values = np.concatenate([one, other])
    shares = [np.searchsorted(np.sort(each), values, side="right") / len(each) for each in (one, other)]
    return float(np.abs(shares[0] - shares[1]).max())
