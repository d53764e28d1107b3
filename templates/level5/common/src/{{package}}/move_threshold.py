"""Move the score from which a row counts as positive to where decisions are worth most, by roi.yaml: a new version."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from . import registry
from .artifact import load_artifact
from .contract import load_contract
from .derive import derive
from .errors import InputError, listing
from .mature import mature_rows
from .model_validation import Check
from .promote import RefusedError
from .roi import ROI_FILE, read_items

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from .champion import Version
    from .config import Config
    from .derive import Derived

PREFIX = "value."


def move_threshold(config: Config, base: Version, log: Path) -> Derived:
    """Register a version of the champion with another threshold, as challenger.

    Raises:
        InputError: the target is not yes or no, or roi.yaml does not say what decisions are worth.
        RefusedError: another threshold is worth no more; nothing is registered.
    """
    if config.project.task != "binary":
        raise InputError(f"Only a binary target has a threshold; this one is {config.project.task}.")
    worth = _worth(config)
    scorer = load_artifact(base.folder, load_contract(config)).scorer
    known, judging = mature_rows(config, base, log).parts
    threshold = best_threshold(known.outcomes, scorer.classes[0], worth, scorer.threshold)
    before = value_at(judging.outcomes, scorer.classes[0], worth, scorer.threshold)
    after = value_at(judging.outcomes, scorer.classes[0], worth, threshold)
    finding = (
        f"threshold {threshold:.4g}, was {scorer.threshold:.4g}: decisions on the {len(judging.outcomes):,} newest "
        f"rows are worth {after:,.2f}, were {before:,.2f}"
    )
    print(f"Check      {finding}")
    if after <= before:
        raise RefusedError(f"Another threshold helps nothing: {finding}. No version was made.")
    derived = derive(config, base, replace(scorer, threshold=threshold), "threshold", [Check("value", True, finding)])
    if not derived.refusals:
        registry.set_alias(config, "challenger", derived.number)
    print("           the next training finds a threshold of its own; training.threshold in mlops.yaml fixes it")
    return derived


def best_threshold(outcomes: pd.DataFrame, positive: str, worth: dict[str, float], current: float) -> float:
    """Return the score from which calling a row positive is worth most; the present one where none is worth more."""
    ordered = outcomes.sort_values("score", ascending=False, kind="stable")
    scores = ordered["score"].to_numpy(dtype="float64")
    is_positive = (ordered["actual"] == positive).to_numpy()
    gains = np.where(
        is_positive,
        worth["true_positive"] - worth["false_negative"],
        worth["false_positive"] - worth["true_negative"],
    ).cumsum()
    last_of_score = np.append(scores[1:] != scores[:-1], True)
    best = int(np.argmax(np.where(last_of_score, gains, -np.inf)))
    now = gains[scores >= current][-1] if (scores >= current).any() else 0.0
    if gains[best] <= max(now, 0.0):
        return current if now >= 0 else float(np.nextafter(scores[0], np.inf))
    return float(scores[best])


def value_at(outcomes: pd.DataFrame, positive: str, worth: dict[str, float], threshold: float) -> float:
    """Return what decisions at a threshold are worth, in the currency of roi.yaml."""
    predicted = outcomes["score"].astype(float) >= threshold
    actual = outcomes["actual"] == positive
    counts = {
        "true_positive": (predicted & actual).sum(),
        "false_positive": (predicted & ~actual).sum(),
        "false_negative": (~predicted & actual).sum(),
        "true_negative": (~predicted & ~actual).sum(),
    }
    return float(sum(worth[name] * count for name, count in counts.items()))


def _worth(config: Config) -> dict[str, float]:
    items = read_items(config.root / ROI_FILE, config.project.task)
    values = {name.removeprefix(PREFIX): value for name, value in items.items() if name.startswith(PREFIX)}
    missing = [f"{PREFIX}{name}" for name, value in values.items() if value is None]
    if missing:
        raise InputError(f"{ROI_FILE} does not say yet what decisions are worth: {listing(missing)}.")
    return {name: float(value) for name, value in values.items() if value is not None}
