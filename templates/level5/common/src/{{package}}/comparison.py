"""A challenger beside the champion: on recent rows that neither was trained on, and on the old test rows."""

from __future__ import annotations

import pickle
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from .evaluate import outcomes_of
from .guards import score_distance
from .slices import find_losses, find_slices, row_errors

if TYPE_CHECKING:
    from collections.abc import Callable

    from .contract import Contract
    from .params import Slices
    from .policy import Policy
    from .scorer import Scorer

RESAMPLES = 1_000
BINS = 10
ROWS_TO_TIME = 200
TIMES = 7


@dataclass(frozen=True)
class Rows:
    """Rows with their actual values, in the same order."""

    inputs: pd.DataFrame
    actual: pd.Series


@dataclass(frozen=True)
class Comparison:
    """What the challenger does better and worse; gains and losses are shares of the champion's mean error.

    `gain_low` is exceeded with the confidence of policy.yaml. `old_loss` is None without old rows, `calibration_loss`
    for numbers. `bad_scores` counts predictions that are no number, and `score_distance` is the Kolmogorov-Smirnov
    distance of the scores of both. `value_gain` is by how much the decision about a row is worth more, in the currency
    of roi.yaml; None where that does not say it.
    """

    rows: int
    gain: float
    gain_low: float
    old_loss: float | None
    slices: tuple[str, ...]
    calibration_loss: float | None
    bad_scores: int
    size_ratio: float
    latency_ratio: float
    score_distance: float
    value_gain: float | None = None


def compare_models(
    champion: Scorer,
    challenger: Scorer,
    recent: Rows,
    old: Rows | None,
    contract: Contract,
    policy: Policy,
    slices: Slices,
    seed: int,
    value: Callable[[pd.DataFrame], float] | None = None,
) -> Comparison:
    """Compare two models on the same rows.

    Args:
        value: what outcomes are worth, where that is known
    """
    task, positive = champion.task, contract.positive
    theirs, ours = (outcomes_of(each, recent.inputs, recent.actual) for each in (champion, challenger))
    bad_scores = int((~np.isfinite(ours["score"].to_numpy(dtype="float64"))).sum())
    errors, others = row_errors(ours, task, positive), row_errors(theirs, task, positive)
    found = find_slices(recent.inputs, contract, slices)
    losses = find_losses(errors, others, found, policy.challenger.max_slice_loss)
    return Comparison(
        rows=len(errors),
        gain=float(1 - errors.mean() / others.mean()) if others.mean() else 0.0,
        gain_low=_surely_gained(errors, others, policy.challenger.confidence, seed),
        old_loss=None if old is None else _loss(champion, challenger, old, positive),
        slices=tuple(str(loss) for loss in losses),
        calibration_loss=None if task == "regression" else calibration(ours, positive) - calibration(theirs, positive),
        bad_scores=bad_scores,
        size_ratio=_size(challenger) / _size(champion),
        latency_ratio=_latency_ratio(champion, challenger, recent.inputs),
        score_distance=score_distance(*(each["score"].to_numpy(dtype="float64") for each in (ours, theirs))),
        value_gain=None if value is None else (value(ours) - value(theirs)) / len(ours),
    )


def calibration(outcomes: pd.DataFrame, positive: str | None) -> float:
    """Return the expected calibration error: how far shares of hits lie from scores, over ten bins of the scores.

    Naeini, Cooper and Hauskrecht, 2015. For several classes the score is that of the predicted one.
    """
    scores = outcomes["score"].to_numpy(dtype="float64")
    hit = outcomes["actual"] == (positive if positive is not None else outcomes["prediction"])
    bins = np.minimum((scores * BINS).astype(int), BINS - 1)
    table = pd.DataFrame({"score": scores, "hit": hit.to_numpy(dtype="float64")}).groupby(bins).agg(["mean", "size"])
    gaps = (table[("score", "mean")] - table[("hit", "mean")]).abs()
    return float((gaps * table[("score", "size")]).sum() / len(scores))


def _surely_gained(errors: np.ndarray, others: np.ndarray, confidence: float, seed: int) -> float:
    """Return the lower end of a one-sided paired bootstrap interval of the gain (Efron and Tibshirani, 1993)."""
    random = np.random.default_rng(seed)
    rows = random.integers(len(errors), size=(RESAMPLES, len(errors)))
    means, before = errors[rows].mean(axis=1), others[rows].mean(axis=1)
    gains = 1 - means / np.maximum(before, np.finfo(float).tiny)
    return float(np.quantile(gains, 1 - confidence))


def _loss(champion: Scorer, challenger: Scorer, old: Rows, positive: str | None) -> float:
    before, after = (
        row_errors(outcomes_of(each, old.inputs, old.actual), champion.task, positive).mean()
        for each in (champion, challenger)
    )
    return float(after / before - 1) if before else 0.0


def _size(scorer: Scorer) -> int:
    return len(pickle.dumps(scorer))


def _latency_ratio(champion: Scorer, challenger: Scorer, inputs: pd.DataFrame) -> float:
    """Return how many times as long the challenger takes.

    Both take turns, and the shortest time of each counts: what disturbs a machine only ever makes them longer.
    """
    few = inputs.head(ROWS_TO_TIME)
    times = [(_seconds(champion, few), _seconds(challenger, few)) for _ in range(TIMES)]
    theirs, ours = (min(each) for each in zip(*times, strict=True))
    return ours / theirs


def _seconds(scorer: Scorer, inputs: pd.DataFrame) -> float:
    began = time.perf_counter()
    scorer.predict(inputs)
    return time.perf_counter() - began
