"""Periods of time, as monitoring counts them."""

from __future__ import annotations

import pandas as pd

# In the order of preference: people think in months, and shorter periods are noisier.
CANDIDATES = ("month", "week", "day", "quarter", "year")
FEWEST_PERIODS = 3
DEFAULT = "month"


def choose_period(times: pd.Series | None, wish: str, min_rows: int) -> str:
    """Return the wished period, or for `auto` one of which the times fill three with `min_rows` rows, or else fewer."""
    if wish != "auto":
        return wish
    if times is None:
        return DEFAULT
    filled = {period: (period_labels(times, period).value_counts() >= min_rows).sum() for period in CANDIDATES}
    most = min(FEWEST_PERIODS, max(filled.values()))
    return next(period for period in CANDIDATES if filled[period] >= most) if most else DEFAULT


def period_labels(times: pd.Series, period: str) -> pd.Series:
    """Return each time's period, e.g. `2026-11`, `2026-W48` or `2026-Q4`. Labels sort as the periods do."""
    if period == "week":
        weeks = times.dt.isocalendar()
        return weeks["year"].astype(str) + "-W" + weeks["week"].astype(str).str.zfill(2)
    if period == "quarter":
        return times.dt.year.astype(str) + "-Q" + times.dt.quarter.astype(str)
    formats = {"day": "%Y-%m-%d", "month": "%Y-%m", "year": "%Y"}
    return times.dt.strftime(formats[period])
