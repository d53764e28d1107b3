"""Correct the scores of the model in use by what came true, without training it again: a new version.

Classes: Platt scaling, or isotonic regression where there are many rows (Niculescu-Mizil and Caruana, 2005). Numbers:
a line, or isotonic regression, through predictions and actual values. Both are learned from the older mature
predictions, and have to be better on the newest ones.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import StackingRegressor
from sklearn.frozen import FrozenEstimator
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LinearRegression
from sklearn.pipeline import Pipeline

from . import registry
from .artifact import load_artifact, read_metrics
from .contract import load_contract
from .derive import derive
from .evaluate import outcomes_of, share_of_wins
from .mature import mature_rows
from .metrics import named_metric
from .model_validation import Check
from .promote import RefusedError

if TYPE_CHECKING:
    from pathlib import Path

    from .champion import Version
    from .config import Config
    from .derive import Derived
    from .mature import Labelled
    from .scorer import Scorer

BINS = 10
# With fewer rows, isotonic regression follows chance (the advice of scikit-learn's user guide).
MANY_ROWS = 1000


def recalibrate(config: Config, base: Version, log: Path) -> Derived:
    """Register a recalibrated version of the champion, as challenger.

    Raises:
        RefusedError: it is not better calibrated, or a worse model; nothing is registered.
        ProjectError: there are too few mature labels.
    """
    contract = load_contract(config)
    scorer = load_artifact(base.folder, contract).scorer
    known, judging = mature_rows(config, base, log).parts
    corrected = _corrected(scorer, known)
    before = outcomes_of(scorer, judging.inputs, judging.outcomes["actual"])
    after = outcomes_of(corrected, judging.inputs, judging.outcomes["actual"])
    old, new = (calibration_error(each, scorer) for each in (before, after))
    metric = named_metric(config.project.task, read_metrics(base.folder)["metric"], contract.positive)
    worse = share_of_wins(before, after, metric, config.training.seed)
    checks = [
        Check("calibration", new < old, f"calibration error {new:.4g}, was {old:.4g}, on {len(after):,} newest rows"),
        Check(
            "metric",
            worse < config.training.confidence,
            f"{metric.label} {metric(after):.4g}, was {metric(before):.4g}, which is better in {worse:.0%}",
        ),
    ]
    for check in checks:
        print(f"Check      {check.finding}")
        if not check.passed:
            raise RefusedError(f"Recalibration helps nothing: {check.finding}. No version was made.")
    derived = derive(config, base, corrected, "recalibration", checks)
    if not derived.refusals:
        registry.set_alias(config, "challenger", derived.number)
    return derived


def calibration_error(outcomes: pd.DataFrame, scorer: Scorer) -> float:
    """Return how far scores lie from what came true, as the mean over ten groups of equal size."""
    came_true = outcomes["actual"].astype(float) if scorer.task == "regression" else _hits(outcomes, scorer)
    order = outcomes["score"].astype(float).rank(method="first")
    groups = pd.qcut(order, min(BINS, len(outcomes)), labels=False)
    scores = outcomes["score"].astype(float).groupby(groups).mean()
    return float((scores - came_true.groupby(groups).mean()).abs().mean())


def _corrected(scorer: Scorer, known: Labelled) -> Scorer:
    """Return the scorer with a correction after its last step, learned from known outcomes."""
    *steps, (name, estimator) = scorer.pipeline.steps
    features = Pipeline(steps).transform(known.inputs)
    actual, is_many = known.outcomes["actual"], len(known.outcomes) >= MANY_ROWS
    if scorer.task == "regression":
        line = IsotonicRegression(out_of_bounds="clip") if is_many else LinearRegression()
        corrected = StackingRegressor([(name, estimator)], line, cv="prefit").fit(features, actual.astype(float))
        return replace(scorer, pipeline=Pipeline([*steps, (name, corrected)]))
    method = "isotonic" if is_many else "sigmoid"
    corrected = CalibratedClassifierCV(FrozenEstimator(estimator), method=method).fit(features, actual.astype(str))
    moved = replace(scorer, pipeline=Pipeline([*steps, (name, corrected)]))
    return replace(moved, threshold=_same_decisions(moved, known)) if scorer.task == "binary" else moved


def _same_decisions(corrected: Scorer, known: Labelled) -> float:
    """Return the corrected score from which on rows were positive before: recalibration decides nothing else."""
    were_positive = (known.outcomes["prediction"] == corrected.classes[0]).to_numpy()
    scores = corrected.predict(known.inputs)["score"].to_numpy(dtype="float64")
    return float(scores[were_positive].min()) if were_positive.any() else float(np.nextafter(scores.max(), 1))


def _hits(outcomes: pd.DataFrame, scorer: Scorer) -> pd.Series:
    expected = scorer.classes[0] if scorer.task == "binary" else outcomes["prediction"]
    return (outcomes["actual"] == expected).astype(float)
