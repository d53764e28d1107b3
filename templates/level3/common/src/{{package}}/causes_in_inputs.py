"""Causes that the inputs show: another computation when serving, broken data, and rows that are harder."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from .collected import clean_rows
from .data import load_dataset
from .drift import CHANGED, _bins
from .errors import ProjectError, shorten
from .predict import row_ids
from .segments import errors_of

if TYPE_CHECKING:
    from .case import Case
    from .drift import Change

# Shares of rows above which something is more than an accident.
FEW = 0.001
MANY = 0.05
FEWEST_MATCHES = 30
# An input with one value in so many rows is stuck, unless it had that value in many of the test rows too.
STUCK = 0.9
OFTEN = 0.5
TOLERANCE = 1e-6
MOST = 5


def serving_skew(case: Case) -> list[str]:
    """Replay the logged inputs through the model, and compare them with what training knows of the same rows."""
    return _replayed(case) + _same_rows_as_in_training(case)


def broken_data(case: Case) -> list[str]:
    """Return the inputs whose values are broken, where that explains why predictions are worse."""
    return [
        f'"{shorten(change.name, 30)}": {"; ".join(change.notes)}. {explanation}'
        for change, explanation in broken_inputs(case)
    ]


def broken_inputs(case: Case) -> list[tuple[Change, str]]:
    """Return the changes of the inputs whose values are broken, each with why it makes predictions worse."""
    found = []
    for change in case.changes:
        if change.importance > 0 and _is_suspicious(change):
            explanation = _explanation(case, change)
            if explanation is not None:
                found.append((change, explanation))
    return found


def stuck_data(case: Case) -> list[str]:
    """Return the inputs that have come to a standstill, where that explains why predictions are worse.

    Rows may be alike for good reasons, so this is looked for once `harder_rows` has found nothing.
    """
    found = []
    for change in case.changes:
        values = case.labelled_inputs[change.name]
        shares = values.value_counts(normalize=True)
        if change.importance <= 0 or shares.empty or shares.iloc[0] < STUCK:
            continue
        value = shares.index[0]
        if (case.before_inputs[change.name] == value).mean() > OFTEN:
            continue
        predicted = case.artifact.scorer.predict(case.before_inputs.assign(**{change.name: value}))
        metric = case.metric(predicted.assign(actual=case.before["actual"].to_numpy()))
        if case.explains(metric):
            found.append(
                f'"{shorten(change.name, 30)}" is {shorten(value, 30)} in {shares.iloc[0]:.0%} of the rows. The same '
                f"standstill in the test rows makes the {case.metric.label} {metric:.4g}"
            )
    return found


def harder_rows(case: Case) -> list[str]:
    """Return why rows are harder, where the estimate, which knows no actual value, has become worse as well."""
    if not case.explains(case.estimated):
        return []
    evidence = [
        f"Such rows were predicted worse in the tests too: from the rows alone, a {case.metric.label} of "
        f"{case.estimated:.4g} was to be expected"
    ]
    return evidence + [
        f'"{shorten(change.name, 30)}" explains {explained:.0%} of it (PSI {change.psi:.2f})'
        for change, explained in _ranked(case)
    ]


def _replayed(case: Case) -> list[str]:
    is_own = case.rows["model_sha256"] == case.artifact.sha256
    if not is_own.any():
        return []
    logged = case.rows.loc[is_own, "score"].to_numpy(dtype="float64")
    replayed = case.artifact.scorer.predict(case.inputs[is_own])["score"].to_numpy(dtype="float64")
    differs = np.abs(logged - replayed) > TOLERANCE * np.maximum(1.0, np.abs(replayed))
    if differs.mean() <= FEW:
        return []
    size = float(np.abs(logged - replayed)[differs].mean())
    return [
        f"For {differs.mean():.1%} of the logged inputs the model itself gives another score than the service gave "
        f"(by {size:.3g} on average)"
    ]


def _same_rows_as_in_training(case: Case) -> list[str]:
    """Compare the inputs of rows that the training data holds as well, found by their ids."""
    if not case.contract.ids or not clean_rows(case.config).is_file():
        return []
    try:
        dataset = load_dataset(case.config, case.contract)
    except ProjectError:
        return []
    known = dataset.inputs.set_axis(row_ids(dataset.text, case.contract).to_numpy())
    known = known[~known.index.duplicated(keep=False)]
    keys = case.row_ids
    is_known = keys.isin(known.index)
    if is_known.sum() < FEWEST_MATCHES:
        return []
    served = case.inputs[is_known.to_numpy()].reset_index(drop=True)
    trained = known.loc[keys[is_known]].reset_index(drop=True)
    found = []
    for column in case.contract.inputs:
        one, other = served[column.name], trained[column.name]
        if column.type in ("numeric", "boolean"):
            differs = (one - other).abs() > TOLERANCE * other.abs().clip(lower=1.0)
        else:
            differs = (one != other) & ~(one.isna() & other.isna())
        differs |= one.isna() != other.isna()
        if differs.mean() > MANY:
            found.append(
                f'"{shorten(column.name, 30)}" is another value in the training data for {differs.mean():.0%} of the '
                f"{len(served):,} rows that are in both"
            )
    return found


def _is_suspicious(change: Change) -> bool:
    more_missing = change.missing - change.missing_before
    return change.factor is not None or max(more_missing, change.unseen, change.out_of_range) > MANY


def _explanation(case: Case, change: Change) -> str | None:
    """Return the evidence that a change makes predictions worse, or None where it does not."""
    label, has_labels = case.metric.label, len(case.labelled) >= case.config.monitoring.min_labels
    if not has_labels:
        return "It matters: the model uses this input"
    if change.factor is not None:
        repaired = case.labelled_inputs.assign(**{change.name: case.labelled_inputs[change.name] / change.factor})
        value = case.metric(_predicted_anew(case, repaired))
        share = 1 - case.loss(value) / case.loss(case.realised)
        return f"With the unit taken back, the {label} is {value:.4g}" if share > 0.5 else None
    affected = affected_rows(case, change)
    if 0 < affected.sum() < len(affected) and (~affected).sum() >= case.config.monitoring.min_labels:
        value = case.metric(case.labelled[~affected])
        if case.is_as_expected(value, int((~affected).sum())):
            return f"On the other rows, the {label} is {value:.4g}"
    value = _with_the_same_fault(case, change)
    return f"The same fault in the test rows makes the {label} {value:.4g}" if case.explains(value) else None


def affected_rows(case: Case, change: Change, inputs: pd.DataFrame | None = None) -> pd.Series:
    """Tell for each row whether its value is broken: of the labelled ones, or of `inputs`."""
    values = (case.labelled_inputs if inputs is None else inputs)[change.name]
    facts = next(each for each in case.artifact.signature["inputs"] if each["name"] == change.name)
    affected = values.isna()
    if facts["type"] == "categorical":
        affected |= ~values.isin(facts["values"])
    elif facts["type"] == "numeric" and facts["min"] is not None:
        affected |= (values < facts["min"]) | (values > facts["max"])
    return affected


def _with_the_same_fault(case: Case, change: Change) -> float:
    """Return the metric of the test rows once as many of them have the broken values of this period."""
    random = np.random.default_rng(case.config.training.seed)
    affected = affected_rows(case, change)
    broken = case.labelled_inputs.loc[affected, change.name].to_numpy()
    if not len(broken):
        return float("nan")
    is_hit = random.random(len(case.before)) < affected.mean()
    values = case.before_inputs[change.name].copy()
    values[is_hit] = random.choice(broken, int(is_hit.sum()))
    predicted = case.artifact.scorer.predict(case.before_inputs.assign(**{change.name: values}))
    return case.metric(predicted.assign(actual=case.before["actual"].to_numpy()))


def _predicted_anew(case: Case, inputs: pd.DataFrame) -> pd.DataFrame:
    return case.artifact.scorer.predict(inputs).assign(actual=case.labelled["actual"])


def _ranked(case: Case) -> list[tuple[Change, float]]:
    """Return changed inputs, with the share of the growth of the error that each explains alone.

    The errors of the test rows are weighted by how much more often values like theirs occur now.
    """
    task = case.config.project.task
    errors = errors_of(case.before, task)
    growth = errors_of(case.labelled, task).mean() - errors.mean()
    if growth <= 0:
        return []
    ranked = []
    for change in case.changes:
        column = case.contract[change.name]
        if change.psi <= CHANGED / 5 or column.type == "date":
            continue
        bins = _bins(column, case.before_inputs[change.name])
        now = _bins(column, case.labelled_inputs[change.name], case.before_inputs[change.name])
        weights = bins.map(now.value_counts(normalize=True) / bins.value_counts(normalize=True)).fillna(0.0)
        expected = float(np.average(errors, weights=weights.to_numpy())) if weights.sum() else float("nan")
        explained = (expected - errors.mean()) / growth
        if explained > MANY:
            ranked.append((change, min(1.0, float(explained))))
    return sorted(ranked, key=lambda each: -each[1])[:MOST]
