"""How much each input differs from what the model was made with.

Drift alone is no reason for an alarm: inputs change all the time without harm. It helps to find the cause once
predictions have become worse.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from .contract import Column, Contract

BINS = 10
SMALLEST_SHARE = 1e-4
# The usual reading of the population stability index (Siddiqi, 2006): above this, the distribution has changed.
CHANGED = 0.25
# What one unit is in another: powers of ten, time, length, mass.
FACTORS = (10, 100, 1e3, 1e4, 1e5, 1e6, 12, 24, 60, 3600, 2.54, 0.3048, 1.609344, 0.45359237, 28.3495)


@dataclass(frozen=True)
class Change:
    """One input now, beside the reference. Shares are of the rows; `score` sums up how unusual it is."""

    name: str
    missing: float
    missing_before: float
    unseen: float
    out_of_range: float
    psi: float
    factor: float | None
    importance: float

    @property
    def score(self) -> float:
        parts = (max(0.0, self.missing - self.missing_before), self.unseen, self.out_of_range, min(self.psi, 1.0))
        return sum(parts) + (self.factor is not None)

    @property
    def notes(self) -> list[str]:
        """What stands out, in words."""
        notes = []
        if self.factor is not None:
            times = f"{self.factor:g} times" if self.factor >= 1 else f"1/{1 / self.factor:g} of"
            notes.append(f"values are {times} what they were: a change of unit?")
        if self.missing > self.missing_before + 0.01:
            notes.append(f"missing in {self.missing:.1%} (before {self.missing_before:.1%})")
        if self.unseen > 0:
            notes.append(f"never seen in training: {self.unseen:.1%}")
        if self.out_of_range > 0:
            notes.append(f"out of the range seen in training: {self.out_of_range:.1%}")
        if self.psi > CHANGED:
            notes.append(f"distribution has changed (PSI {self.psi:.2f})")
        return notes


def compare(before: pd.DataFrame, after: pd.DataFrame, contract: Contract, signature: dict[str, Any]) -> list[Change]:
    """Compare inputs with the reference, the most unusual first; among equals, the most important."""
    known = {entry["name"]: entry for entry in signature["inputs"]}
    changes = [
        _compare_column(column, before[column.name], after[column.name], known[column.name])
        for column in contract.inputs
    ]
    return sorted(changes, key=lambda change: (-change.score, -change.importance))


def _compare_column(column: Column, before: pd.Series, after: pd.Series, known: dict[str, Any]) -> Change:
    psi, factor = 0.0, None
    # Dates move on by themselves, so only missing ones are unusual.
    if column.type != "date":
        psi = stability_index(_bins(column, before), _bins(column, after, before))
    if column.type == "numeric" and psi > CHANGED:
        factor = unit_change(before, after)
    return Change(
        name=column.name,
        missing=float(after.isna().mean()),
        missing_before=float(before.isna().mean()),
        unseen=_unseen(column, after, known),
        out_of_range=max(0.0, _out_of_range(column, after, known) - _out_of_range(column, before, known)),
        psi=psi,
        factor=factor,
        importance=float(known["importance"]),
    )


def stability_index(before: pd.Series, after: pd.Series) -> float:
    """Return the population stability index of two samples of bins, less what chance alone makes of it.

    Its expectation without a change is (bins - 1)(1/n + 1/m) (Yurdakul, 2018).
    """
    codes, bins = pd.factorize(pd.concat([before, after], ignore_index=True))
    one, other = (
        np.maximum(np.bincount(part, minlength=len(bins)) / len(part), SMALLEST_SHARE)
        for part in (codes[: len(before)], codes[len(before) :])
    )
    index = float(((other - one) * np.log(other / one)).sum())
    by_chance = (len(bins) - 1) * (1 / len(before) + 1 / len(after))
    return max(0.0, index - by_chance)


def unit_change(before: pd.Series, after: pd.Series) -> float | None:
    """Return the factor between two units if values look as before once it is taken out."""
    typical_before, typical_after = _typical(before), _typical(after)
    if not typical_before or not typical_after:
        return None
    ratio = typical_after / typical_before
    candidates = [*FACTORS, *(1 / factor for factor in FACTORS)]
    nearest = min(candidates, key=lambda factor: abs(np.log(ratio / factor)))
    edges = _edges(before)
    now = stability_index(_cut(before, edges), _cut(after, edges))
    converted = stability_index(_cut(before, edges), _cut(after / nearest, edges))
    is_near = abs(np.log(ratio / nearest)) < np.log(1.5)
    return nearest if is_near and converted < now / 3 else None


def _typical(values: pd.Series) -> float:
    sizes = values.abs()
    return float(sizes[sizes > 0].median()) if (sizes > 0).any() else 0.0


def _bins(column: Column, values: pd.Series, reference: pd.Series | None = None) -> pd.Series:
    """Put values into bins: tenths of the reference for numbers and lengths of text, else the values themselves."""
    if column.type == "numeric":
        return _cut(values, _edges(values if reference is None else reference))
    if column.type == "text":
        lengths = values.str.len() if values.notna().any() else values.astype("float64")
        others = lengths if reference is None or not reference.notna().any() else reference.str.len()
        return _cut(lengths, _edges(others))
    return values.astype(object).where(values.notna(), "")


def _edges(reference: pd.Series) -> np.ndarray:
    known = reference.dropna().to_numpy(dtype="float64")
    return np.unique(np.quantile(known, np.linspace(0, 1, BINS + 1)[1:-1])) if len(known) else np.array([])


def _cut(values: pd.Series, edges: np.ndarray) -> pd.Series:
    bins = np.searchsorted(edges, values.to_numpy(dtype="float64"), side="left")
    return pd.Series(np.where(values.isna(), -1, bins), index=values.index)


def _unseen(column: Column, values: pd.Series, known: dict[str, Any]) -> float:
    """Return the share of categories that the training rows did not have; 0 where too many to list them."""
    if column.type != "categorical" or known["distinct"] > len(known["values"]):
        return 0.0
    return float((values.notna() & ~values.isin(known["values"])).mean())


def _out_of_range(column: Column, values: pd.Series, known: dict[str, Any]) -> float:
    if column.type != "numeric" or known["min"] is None:
        return 0.0
    return float(((values < known["min"]) | (values > known["max"])).mean())
