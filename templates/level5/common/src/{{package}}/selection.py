"""Whether the rows that have labels are a selection: a model tries to tell them from those that have none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from threadpoolctl import threadpool_limits

from .estimates import encoded

if TYPE_CHECKING:
    import pandas as pd

    from .scorer import Scorer

# With fewer rows of either kind, chance alone would tell them apart.
FEWEST_ROWS = 50


def selection_auc(scorer: Scorer, rows: pd.DataFrame, inputs: pd.DataFrame) -> float | None:
    """Return the cross-validated ROC AUC of telling labelled rows from others; None where there are too few of them.

    Args:
        rows: outcomes, with `score` and `actual`
        inputs: of the same rows, in the same order
    """
    has_label = rows["actual"].notna().to_numpy()
    if min(has_label.sum(), (~has_label).sum()) < FEWEST_ROWS:
        return None
    table = encoded(scorer, inputs.reset_index(drop=True)).assign(**{" score": rows["score"].to_numpy(dtype="float64")})
    model = HistGradientBoostingClassifier(
        max_iter=40, max_leaf_nodes=7, categorical_features="from_dtype", random_state=0
    )
    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    with threadpool_limits(1):
        scores = cross_val_predict(model, table, has_label, cv=folds, method="predict_proba")[:, 1]
    return round(float(roc_auc_score(has_label, scores)), 4)
