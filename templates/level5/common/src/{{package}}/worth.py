"""What predictions are worth by roi.yaml, and the threshold of a binary model from which that is most."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .roi import ROI_FILE, find_return, read_items

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from .config import Config
    from .contract import Contract

PREFIX = "value."


def worth_of_decisions(config: Config) -> dict[str, float] | None:
    """Return what right and wrong decisions bring, by name; None where there is no roi.yaml, or it leaves one open."""
    if not (config.root / ROI_FILE).is_file():
        return None
    values = _values(config)
    known = {name: value for name, value in values.items() if value is not None}
    return known if len(known) == len(values) else None


def open_values(config: Config) -> list[str]:
    """Return the items that roi.yaml leaves open."""
    return [f"{PREFIX}{name}" for name, value in _values(config).items() if value is None]


def worth_by(config: Config, contract: Contract) -> Callable[[pd.DataFrame], float] | None:
    """Return what outcomes are worth by roi.yaml, as a function; None while that leaves a value open."""
    if open_values(config):
        return None
    items = {name: value or 0.0 for name, value in read_items(config.root / ROI_FILE, config.project.task).items()}
    return lambda outcomes: value_of(outcomes, items, config, contract)


def value_of(outcomes: pd.DataFrame, items: dict[str, float], config: Config, contract: Contract) -> float:
    """Return what outcomes are worth.

    Args:
        items: all of roi.yaml, by their dotted names
    """
    return find_return("", outcomes, items, config.project.task, contract.positive).value


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


def _values(config: Config) -> dict[str, float | None]:
    items = read_items(config.root / ROI_FILE, config.project.task)
    return {name.removeprefix(PREFIX): value for name, value in items.items() if name.startswith(PREFIX)}
