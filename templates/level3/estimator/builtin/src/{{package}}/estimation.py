"""Which estimator of performance is used: the one of this project, estimate.py."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .estimate import ConfidenceBased, DirectLoss

if TYPE_CHECKING:
    import pandas as pd

    from .config import Config
    from .estimate import Estimator
    from .metrics import Metric


def fit_estimator(
    config: Config, metric: Metric, classes: tuple[str, ...], reference: pd.DataFrame, features: pd.DataFrame
) -> Estimator:
    """Return an estimator that has learned from test rows.

    Args:
        classes: none for numbers; the positive one first where there are two
        reference: test rows with actual, prediction and score, and for more than two classes `score_CLASS` of each
        features: for numbers, what the model sees of these rows
    """
    if classes:
        return ConfidenceBased(metric, classes, reference, config.training.seed)
    return DirectLoss(metric, reference, features, config.training.seed)
