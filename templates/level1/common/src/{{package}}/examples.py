"""Three months to try monitoring with, made from the test rows: a good one, a bad one, and one with few labels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from .labels import read_labels
from .periods import choose_period, period_labels
from .table import convert, write_table

if TYPE_CHECKING:
    from pathlib import Path

    from .config import Config
    from .contract import Column, Contract
    from .data import Dataset
    from .train import Trained

MAX_ROWS = 5_000
UNIT_CHANGE = 1_000
FEW = 0.03
NOISE = 0.15


def write_examples(
    config: Config, contract: Contract, dataset: Dataset, test: np.ndarray, trained: Trained
) -> list[Path]:
    """Write examples/*.csv: for each month the rows to predict on, and their actual values.

    In the bad month one input comes in another unit, and the outcomes run against the predictions. Prediction logs
    of earlier examples are removed, for they belong to an earlier model.
    """
    folder = config.examples
    for old in folder.glob("*.sqlite*"):
        old.unlink()
    good = dataset.text.iloc[_typical_month(config, dataset, test, trained)].reset_index(drop=True)
    bad = _break(good, contract, trained, config.training.seed)
    few = good.iloc[:: round(1 / FEW)]
    months = {"good-month": (good, good), "bad-month": (bad, bad), "few-labels": (good, few)}
    written = []
    for name, (rows, labelled) in months.items():
        inputs, actuals = folder / f"{name}.csv", folder / f"{name}-actuals.csv"
        write_table(rows[[column.name for column in contract.required]], inputs, contract.source)
        write_table(labelled[_label_columns(contract)], actuals, contract.source)
        written += [inputs, actuals]
    return written


def _typical_month(config: Config, dataset: Dataset, test: np.ndarray, trained: Trained) -> np.ndarray:
    """Return test rows of the period in which the model did most nearly as over all test rows."""
    if dataset.time is None:
        return test[:MAX_ROWS]
    monitoring = config.monitoring
    time = dataset.time.iloc[test]
    labels = period_labels(time, choose_period(time, monitoring.period, monitoring.min_labels)).to_numpy()
    overall = trained.metric(trained.outcomes)
    gaps = {
        label: abs(trained.metric(group) - overall)
        for label, group in trained.outcomes.groupby(labels)
        if len(group) >= monitoring.min_labels
    }
    defined = {label: gap for label, gap in gaps.items() if not np.isnan(gap)}
    if not defined:
        return test[:MAX_ROWS]
    return test[labels == min(defined, key=lambda label: defined[label])][:MAX_ROWS]


def _label_columns(contract: Contract) -> list[str]:
    """Return the columns of a file of actual values: what tells the rows apart, and the target."""
    if not contract.ids:
        return [column.name for column in (*contract.required, contract[contract.target])]
    time = [contract.time] if contract.time is not None else []
    return [*(column.name for column in contract.ids), *time, contract.target]


def _break(rows: pd.DataFrame, contract: Contract, trained: Trained, seed: int) -> pd.DataFrame:
    """Change the unit of the most important number, then give high predictions low outcomes, with some noise."""
    broken = rows.copy()
    column = _most_important_number(contract, trained)
    if column is not None:
        numbers, _ = convert(rows, [column], contract.source)
        broken[column.name] = _as_text(numbers[column.name] * UNIT_CHANGE, contract)
    inputs, _ = convert(broken, contract.inputs, contract.source)
    predictions = trained.scorer.predict(inputs)
    task = trained.scorer.task
    key = "prediction" if task == "multiclass" else "score"
    noise = np.random.default_rng(seed).normal(scale=NOISE * len(rows), size=len(rows))
    places = predictions[key].rank(method="first") + noise
    highest_last = places.sort_values(kind="stable").index
    labels = read_labels(rows[contract.target], contract, task)
    ranks = labels == contract.positive if task == "binary" else labels
    highest_first = ranks.sort_values(ascending=False, kind="stable").index
    broken.loc[highest_last, contract.target] = rows.loc[highest_first, contract.target].to_numpy()
    return broken


def _most_important_number(contract: Contract, trained: Trained) -> Column | None:
    for name in trained.importance:
        if contract[name].type == "numeric":
            return contract[name]
    return None


def _as_text(numbers: pd.Series, contract: Contract) -> pd.Series:
    text = numbers.map(lambda number: f"{number:.12g}", na_action="ignore").fillna("")
    return text.str.replace(".", contract.source.decimal, regex=False)
