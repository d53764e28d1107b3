"""From raw columns to what the model sees. Yours: add, change and remove features here.

Training and prediction both call `make_features`, so a feature is always computed the same way. It must be pure:
what a row becomes depends on that row alone.
"""

from __future__ import annotations

import pandas as pd

SECONDS_A_DAY = 86_400


def make_features(table: pd.DataFrame) -> pd.DataFrame:
    """Return the model's inputs for a table of converted columns.

    An own feature is one more line here, for instance
    `features["price_per_item"] = features["price"] / features["items"]`.
    """
    features = table.copy()
    for name in table.select_dtypes("datetime").columns:
        features = features.drop(columns=name).join(date_features(table[name]))
    return features


def date_features(dates: pd.Series) -> pd.DataFrame:
    """Return the parts of dates that models can use: elapsed days (since 1970), and the place in year, week and day."""
    name = dates.name
    parts = {
        f"{name} (days)": (dates - pd.Timestamp(0)).dt.total_seconds() / SECONDS_A_DAY,
        f"{name} (month)": dates.dt.month,
        f"{name} (day of year)": dates.dt.dayofyear,
        f"{name} (weekday)": dates.dt.weekday,
        f"{name} (hour)": dates.dt.hour,
    }
    return pd.DataFrame(parts, index=dates.index).astype("float64")
