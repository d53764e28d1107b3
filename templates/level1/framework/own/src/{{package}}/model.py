"""The model: your own code, called as the section `own` of mlops.yaml says. Yours: change here how it is called."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer

from .encode import TableEncoder
from .estimator import fit_own
from .features import make_features
from .own_model import OwnPipeline

if TYPE_CHECKING:
    import pandas as pd

    from .config import Task


def fit_model(
    task: Task,
    inputs: pd.DataFrame,
    target: pd.Series,
    *,
    text: tuple[str, ...],
    seed: int,
    validation: tuple[pd.DataFrame, pd.Series] | None = None,
    rounds: int | None = None,
) -> OwnPipeline:
    """Train on some rows with your own code.

    Args:
        inputs: one row a case, columns converted by the contract
        target: numbers for regression, else classes
        text: the columns that hold prose
        validation, rounds: of no use here, since your code decides by itself how long it trains
    """
    steps = [("features", FunctionTransformer(make_features)), ("encode", TableEncoder(text, seed))]
    Pipeline(steps).fit(inputs)
    return OwnPipeline([*steps, ("estimator", fit_own(task, inputs, target, seed))])
