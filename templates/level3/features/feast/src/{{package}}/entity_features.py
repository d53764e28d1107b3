"""What is remembered of an entity, from its earlier rows. Yours: add, change and remove features here.

After a change: remove the columns with `stored: true` from contract.yaml, then make data; make golden records it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from .contract import Contract

WINDOW = 7


def make_entity_features(rows: pd.DataFrame, entity: str, contract: Contract) -> pd.DataFrame:
    """Return what is known of each row's entity as soon as the outcome of that row is known.

    The feature store gives it to later rows only, so the outcomes of a row and of those before may be used.

    Args:
        rows: clean rows, columns converted by the contract, sorted by time; the target as numbers or classes
        entity: the column that says whose rows they are

    Returns:
        Numbers, in columns whose names contract.yaml does not have yet; the index is that of `rows`.
    """
    outcomes = _outcomes(rows[contract.target], contract)
    entities = rows[entity]
    features = {}
    for name, values in outcomes.items():
        recent = values.groupby(entities, sort=False).rolling(WINDOW, min_periods=1).mean()
        features[f"history_mean{name}"] = recent.droplevel(0)
        features[f"history_last{name}"] = values.groupby(entities, sort=False).ffill()
    return pd.DataFrame(features, index=rows.index)


def _outcomes(target: pd.Series, contract: Contract) -> dict[str, pd.Series]:
    """Return the target as numbers; for classes whether it is the positive one, or each of several."""
    if not contract.classes:
        return {"": target}
    known = target.notna()
    if contract.positive is not None:
        return {"": (target == contract.positive).astype("float64").where(known)}
    return {
        f"_class_{number}": (target == label).astype("float64").where(known)
        for number, label in enumerate(contract.classes, start=1)
    }
