"""The step that computes the features of every row, once, to check them and to describe them.

The model computes the same by itself, with the same function, so training and serving cannot differ.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from .artifact import write_json
from .contract import load_contract
from .data import load_dataset
from .errors import ProjectError, listing
from .features import make_features
from .table import write_table

if TYPE_CHECKING:
    from .config import Config


def make_feature_table(config: Config) -> None:
    """Write data/pipeline/features.parquet and, as a description, reports/features.json.

    Raises:
        ProjectError: a feature has no value in any row, or an infinite one.
    """
    features = make_features(load_dataset(config, load_contract(config)).inputs)
    empty = [name for name in features.columns if features[name].isna().all()]
    infinite = [name for name in features.select_dtypes("number") if np.isinf(features[name]).any()]
    if empty or infinite:
        problems = [f"{listing(empty)} without any value"] * bool(empty)
        problems += [f"{listing(infinite)} with infinite values"] * bool(infinite)
        raise ProjectError(f"features.py makes {' and '.join(problems)}; nothing was trained.")
    write_table(features, config.root / "data" / "pipeline" / "features.parquet")
    write_json(describe(features), config.reports / "features.json")
    print(f"{features.shape[1]} features of {len(features):,} rows")


def describe(table: pd.DataFrame) -> dict[str, dict[str, Any]]:
    """Return by column how many values are missing, how many differ, and where numbers lie."""
    return {str(name): _describe_column(table[name]) for name in table.columns}


def _describe_column(values: pd.Series) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "dtype": str(values.dtype),
        "missing": round(float(values.isna().mean()), 6),
        "distinct": int(values.nunique()),
    }
    if pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values):
        known = values.dropna().astype("float64")
        summary = {"mean": known.mean(), "std": known.std(ddof=0), "min": known.min(), "max": known.max()}
        return facts | {name: None if np.isnan(value) else float(value) for name, value in summary.items()}
    if pd.api.types.is_datetime64_any_dtype(values):
        known = values.dropna()
        return facts | ({"min": known.min().isoformat(), "max": known.max().isoformat()} if len(known) else {})
    frequent = values.astype(object).value_counts(normalize=True).head(5)
    return facts | {"most_frequent": {str(value): round(float(share), 4) for value, share in frequent.items()}}
