"""Causes that the actual values show: labels that are wrong, an input that gave them away, a relation that is gone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.metrics import r2_score, roc_auc_score
from sklearn.model_selection import KFold, StratifiedKFold, cross_val_predict
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor
from threadpoolctl import threadpool_limits

from .drift import unit_change
from .encode import TableEncoder
from .errors import shorten
from .estimates import encoded

if TYPE_CHECKING:
    from .case import Case

MANY = 0.05
# One value that is so much more frequent than in the tests was filled in, not measured.
FILLED = 0.1
# What an input alone may tell of the target: R² for numbers, 2 AUC - 1 for classes. Beyond, it gives the target away.
TOO_GOOD = 0.85
# A relation of this strength, as a share of the former, is still there.
REMAINS = 0.4


def wrong_labels(case: Case) -> list[str]:
    """Return what is wrong with the actual values themselves."""
    found = []
    if case.corrected > MANY:
        found.append(f"{case.corrected:.0%} of the predictions have been given different actual values over time")
    found += _in_another_unit(case) if case.config.project.task == "regression" else _exchanged(case)
    if case.config.project.task == "regression":
        found += _filled(case)
    return found


def leak(case: Case) -> list[str]:
    """Return inputs that told the target almost alone in the tests, and do not do so now.

    Kaufman et al., 2012: such an input is known only after the fact, so it is worth nothing when it counts.
    """
    found = []
    for name, importance in _important(case):
        before, now = _strength_alone(case, name)
        if before > TOO_GOOD and now < before / 2:
            found.append(
                f'"{shorten(name, 30)}" alone told the target in the tests (strength {before:.2f} of 1), and now does '
                f"not ({now:.2f}): it was known only after the fact. Its importance is {importance:.3g}"
            )
    return found


def unrelated_labels(case: Case) -> list[str]:
    """Tell that labels have nothing to do with the rows they were given: not even a new model can learn them."""
    before = _strength(case, case.before["actual"], _score_of(case.before))
    inputs = encoded(case.artifact.scorer, case.labelled_inputs).assign(**{" score": _score_of(case.labelled)})
    anew = _learned_anew(case, inputs)
    if anew >= REMAINS * before:
        return []
    return [
        f"A model trained anew on these rows and labels finds next to nothing (strength {max(anew, 0):.2f}, was "
        f"{before:.2f}): the labels do not belong to these rows. Look at how they are joined"
    ]


def _in_another_unit(case: Case) -> list[str]:
    actual = case.labelled["actual"].astype(float)
    factor = unit_change(case.before["actual"].astype(float), actual)
    if factor is None:
        return []
    value = case.metric(case.labelled.assign(actual=actual / factor))
    if not case.is_as_expected(value):
        return []
    times = f"{factor:g} times" if factor >= 1 else f"1/{1 / factor:g} of"
    return [f"Actual values are {times} what they were: taken back, the {case.metric.label} is {value:.4g}"]


def _exchanged(case: Case) -> list[str]:
    if case.config.project.task != "binary":
        return []
    positive, negative = case.artifact.scorer.classes
    flipped = case.labelled["actual"].map({positive: negative, negative: positive})
    value = case.metric(case.labelled.assign(actual=flipped))
    if not case.is_as_expected(value):
        return []
    return [f"With the two classes exchanged the {case.metric.label} is {value:.4g}: the labels are reversed"]


def _filled(case: Case) -> list[str]:
    shares = case.labelled["actual"].value_counts(normalize=True)
    value, share = shares.index[0], float(shares.iloc[0])
    before = float((case.before["actual"] == value).mean())
    is_filled = case.labelled["actual"] == value
    if share < before + FILLED:
        return []
    rest = case.metric(case.labelled[~is_filled])
    if not case.is_as_expected(rest, int((~is_filled).sum())):
        return []
    return [
        f"{share:.0%} of the actual values are {value:g} ({before:.0%} in the tests); on the others the "
        f"{case.metric.label} is {rest:.4g}: it stands for values that are not known"
    ]


def _important(case: Case) -> list[tuple[str, float]]:
    entries = [(each["name"], float(each["importance"])) for each in case.artifact.signature["inputs"]]
    usable = [each for each in entries if each[1] > 0 and case.contract[each[0]].type not in ("date", "text")]
    return sorted(usable, key=lambda each: -each[1])[:5]


def _strength_alone(case: Case, name: str) -> tuple[float, float]:
    """Return how well one input tells the target: in the tests (cross-validated), and now, learned from the tests."""
    is_number = case.config.project.task == "regression"
    tree = DecisionTreeRegressor if is_number else DecisionTreeClassifier
    encoder = TableEncoder().fit(case.before_inputs[[name]])
    before, now = (_codes(encoder, table[[name]]) for table in (case.before_inputs, case.labelled_inputs))
    model = tree(min_samples_leaf=max(5, len(before) // 200), random_state=0)
    target = case.before["actual"]
    if is_number:
        held_out = cross_val_predict(model, before, target, cv=KFold(5, shuffle=True, random_state=0))
        after = model.fit(before, target).predict(now)
    else:
        held_out = cross_val_predict(model, before, target, cv=_folds(target), method="predict_proba")
        after = model.fit(before, target).predict_proba(now)
    return _strength(case, target, held_out), _strength(case, case.labelled["actual"], after)


def _codes(encoder: TableEncoder, table: pd.DataFrame) -> np.ndarray:
    values = encoder.transform(table).iloc[:, 0]
    codes = values.cat.codes if isinstance(values.dtype, pd.CategoricalDtype) else values
    return codes.to_numpy(dtype="float64").reshape(-1, 1)


def _learned_anew(case: Case, inputs: pd.DataFrame) -> float:
    """Return how well a new model tells the target of this period, cross-validated."""
    target = case.labelled["actual"]
    settings = {"max_iter": 50, "learning_rate": 0.1, "max_leaf_nodes": 15, "categorical_features": "from_dtype"}
    with threadpool_limits(1):
        if case.config.project.task == "regression":
            model = HistGradientBoostingRegressor(**settings, random_state=0)
            folds = KFold(5, shuffle=True, random_state=0)
            return _strength(case, target, cross_val_predict(model, inputs, target.astype(float), cv=folds))
        if target.value_counts().min() < 2:
            return 0.0
        classifier = HistGradientBoostingClassifier(**settings, random_state=0)
        held_out = cross_val_predict(classifier, inputs, target, cv=_folds(target), method="predict_proba")
    return _strength(case, target, held_out)


def _folds(target: pd.Series) -> StratifiedKFold:
    return StratifiedKFold(int(min(5, target.value_counts().min())), shuffle=True, random_state=0)


def _score_of(outcomes: pd.DataFrame) -> np.ndarray:
    return outcomes["score"].to_numpy(dtype="float64")


def _strength(case: Case, actual: pd.Series, predicted: np.ndarray) -> float:
    """Return how well values or probabilities tell the target, from 0 (not at all) to 1: R², or 2 AUC - 1."""
    task = case.config.project.task
    if task == "regression":
        return float(r2_score(actual.astype(float), predicted))
    if task == "binary":
        positive, negative = case.artifact.scorer.classes
        if actual.nunique() < 2:
            return 0.0
        # The columns of probabilities are in the order of the sorted classes.
        place = sorted((positive, negative)).index(positive)
        scores = predicted if predicted.ndim == 1 else predicted[:, place]
        return 2 * float(roc_auc_score(actual == positive, scores)) - 1
    if predicted.ndim == 1:
        right = (case.before["actual"] == case.before["prediction"]).mean()
        chance = case.before["actual"].value_counts(normalize=True).iloc[0]
        return float((right - chance) / (1 - chance))
    classes = np.array(sorted(actual.unique()))
    right = (classes[predicted.argmax(axis=1)] == actual.to_numpy()).mean() if predicted.shape[1] == len(classes) else 0
    chance = actual.value_counts(normalize=True).iloc[0]
    return float((right - chance) / (1 - chance))
