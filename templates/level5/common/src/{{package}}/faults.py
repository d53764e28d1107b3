"""What goes wrong in a simulated world, made of the project's own columns and rows."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, cast

import numpy as np
import pandas as pd

from .data import Dataset
from .drift import unit_change
from .evaluate import outcomes_of
from .segments import groups_of
from .slices import row_errors
from .world import Draw

if TYPE_CHECKING:
    from collections.abc import Callable

    from .contract import Contract
    from .world import Stage

    Fault = Callable[[Stage, np.random.Generator, int], Draw]

# How far the target moves in concept drift, in its own standard deviations.
SHIFT = 1.5
MOST_COLUMNS = 6

# Share of the rows that are of the kind that is rare at first: enough of them to be learned.
RARE = 0.25
RARE_OF_CLASSES = 0.4
LEAK_NOISE = 0.08
FACTOR = 1000.0
NEVER_SEEN = "another spelling of "
# Share of the rows of a week that hold broken values, are labelled, or are of the rare kind.
BROKEN = 0.2
FEW = 0.1
MANY = 0.75


def important(stage: Stage) -> list[str]:
    """Return the inputs that matter to the model, the most important first; dates and prose are left alone."""
    known = stage.known.artifact.signature["inputs"]
    usable = [each for each in known if stage.contract[each["name"]].type in ("numeric", "categorical", "boolean")]
    ordered = sorted(usable, key=lambda each: -each["importance"])
    return [each["name"] for each in ordered]


def halves(inputs: pd.DataFrame, contract: Contract, names: list[str]) -> tuple[str, np.ndarray, np.ndarray]:
    """Return an input, which rows are in about half of its values, and which are in the largest group of the rest."""
    best = None
    for name in names[:MOST_COLUMNS]:
        groups = groups_of(contract[name], inputs[name])
        shares = groups.value_counts(normalize=True)
        order = inputs[name].groupby(groups).min().sort_values().index if len(shares) > 1 else shares.index
        chosen: list[str] = []
        for group in [*order, *(each for each in shares.index if each not in order)]:
            if sum(shares[each] for each in chosen) < 0.4:
                chosen.append(group)
        rest = shares.drop(chosen)
        if rest.empty:
            continue
        quality = min(float(shares[chosen].sum()), 1 - float(shares[chosen].sum()), 2 * float(rest.iloc[0]))
        if best is None or quality > best[0] + 0.1:
            in_half = groups.isin(chosen).to_numpy()
            best = (quality, name, in_half, (groups == rest.index[0]).to_numpy())
    assert best is not None
    return best[1], best[2], best[3]


def rare_kind(rows: Dataset, contract: Contract, names: list[str]) -> np.ndarray:
    """Return which rows are of a kind that is so frequent that it can be learned, and can be left out."""
    wish = RARE_OF_CLASSES if contract.classes else RARE
    best, kind = 1.0, np.zeros(len(rows), dtype=bool)
    for name in names[:MOST_COLUMNS]:
        groups = groups_of(contract[name], rows.inputs[name])
        for group, share in groups.value_counts(normalize=True).items():
            if abs(share - wish) < best:
                best, kind = abs(share - wish), (groups == group).to_numpy()
    return kind


def twisted(values: pd.Series, where: np.ndarray, shift: float | str) -> pd.Series:
    """Return how things turn out in another way for some rows: a number moves by `shift`, a class becomes it."""
    return values.mask(where, shift) if isinstance(shift, str) else values + shift * where


def exchanged(target: pd.Series, where: np.ndarray, contract: Contract) -> pd.Series:
    """Return how rows turn out for which a number moves, or each class becomes another one."""
    if not contract.classes:
        return twisted(target, where, shift_of(target, where, contract))
    classes = sorted(target.unique())
    following = dict(zip(classes, [*classes[1:], classes[0]], strict=True))
    return target.mask(where, target.map(following))


def shift_of(target: pd.Series, where: np.ndarray, contract: Contract) -> float | str:
    """Return by how much a number moves for these rows, or the class that they were more seldom than all rows."""
    if not contract.classes:
        return SHIFT * float(target.std())
    overall = target.value_counts(normalize=True).sort_index()
    here = target[where].value_counts(normalize=True).reindex(overall.index, fill_value=0.0)
    return str((here / overall).idxmin())


def nothing(stage: Stage, random: np.random.Generator, rows: int) -> Draw:
    return stage.draw(random, rows)


def concept_drift(stage: Stage, random: np.random.Generator, rows: int) -> Draw:
    """The same row turns out differently, in half of the values of an input."""
    return _turned_out(stage.draw(random, rows), stage, stage.in_half)


def harmless_drift(stage: Stage, random: np.random.Generator, rows: int) -> Draw:
    """An input that matters least takes its more extreme values only."""
    draw = stage.draw(random, rows)
    name = least_important(stage)
    values = stage.inputs[name].dropna()
    if stage.contract[name].type == "numeric" and values.nunique() > 2:
        extreme = values[values >= values.quantile(0.9)]
    else:
        extreme = values[values == values.value_counts().index[-1]]
    drawn = random.choice(extreme.to_numpy(), rows)
    return _seen(draw, draw.seen.assign(**{name: drawn}))


def rare_rows(stage: Stage, random: np.random.Generator, rows: int) -> Draw:
    """Rows of a kind that training has hardly seen become most of what happens."""
    is_rare = stage.weights[stage.lives] < 1
    chances = np.where(is_rare, MANY / is_rare.sum(), (1 - MANY) / (~is_rare).sum())
    place = random.choice(stage.lives, rows, p=chances / chances.sum())
    inputs = stage.inputs.iloc[place].reset_index(drop=True)
    actual = stage.target.iloc[place].reset_index(drop=True)
    return Draw(inputs, inputs, actual, actual.astype(object), place)


def late_labels(stage: Stage, random: np.random.Generator, rows: int) -> Draw:
    return replace(concept_drift(stage, random, rows), delay_days=90.0)


def few_labels(stage: Stage, random: np.random.Generator, rows: int) -> Draw:
    """Only those cases are followed up that the first model was most wrong about: somebody has complained."""
    draw = stage.draw(random, rows)
    outcomes = outcomes_of(stage.scorer, draw.seen, draw.actual)
    errors = pd.Series(row_errors(outcomes, stage.scorer.task, stage.contract.positive))
    return replace(draw, recorded=draw.recorded.where(errors.rank(method="first", ascending=False) <= FEW * rows))


def other_definition(stage: Stage, random: np.random.Generator, rows: int) -> Draw:
    """Something else is written down, in half of the values of an input; what is to be predicted is as it was."""
    draw = stage.draw(random, rows)
    return replace(draw, recorded=_turned_out(draw, stage, stage.in_half).recorded)


def other_unit(stage: Stage, random: np.random.Generator, rows: int) -> Draw:
    """An input comes in another unit, or is spelled in another way."""
    draw = stage.draw(random, rows)
    return _seen(draw, draw.seen.assign(**{name: in_another_unit(draw.seen[name]) for name in harmful(stage)}))


def standstill(stage: Stage, random: np.random.Generator, rows: int) -> Draw:
    """The source of the most important inputs has stopped: each keeps one value."""
    draw = stage.draw(random, rows)
    last = stage.inputs.iloc[stage.lives]
    names = standing_still(stage)
    return _seen(draw, draw.seen.assign(**{name: last[name].dropna().iloc[0] for name in names}))


def other_serving(stage: Stage, random: np.random.Generator, rows: int) -> Draw:
    """The service computes with other inputs than it logs."""
    draw = stage.draw(random, rows)
    mixed = {name: draw.seen[name].to_numpy()[random.permutation(rows)] for name in important(stage)[:MOST_COLUMNS]}
    return replace(draw, served=draw.seen.assign(**mixed))


def leak_gone(stage: Stage, random: np.random.Generator, rows: int) -> Draw:
    """What told the target is filled in later than the prediction is made: in time to be learned from once more."""
    draw = stage.draw(random, rows)
    name = str(stage.leaked)
    early = draw.seen.assign(**{name: draw.seen[name].to_numpy()[random.permutation(rows)]})
    return replace(_seen(draw, early), told=draw.seen)


def broken_rows(stage: Stage, random: np.random.Generator, rows: int) -> Draw:
    """Concept drift, and broken rows: values that cannot be, in an input that matters least, and others' labels."""
    draw = concept_drift(stage, random, rows)
    name = least_important(stage)
    values = draw.seen[name].copy()
    where = random.random(rows) < BROKEN
    if stage.contract[name].type == "numeric":
        low, high = float(stage.inputs[name].min()), float(stage.inputs[name].max())
        values[where] = high + 10 * max(high - low, abs(high), 1.0)
    else:
        values[where] = NEVER_SEEN + "everything"
    recorded = draw.recorded.copy()
    recorded[where] = random.permutation(recorded[where].to_numpy())
    return replace(_seen(draw, draw.seen.assign(**{name: values})), recorded=recorded, broken=where)


def least_important(stage: Stage) -> str:
    """Return the input that matters least, of those that can take other values."""
    names = [name for name in reversed(important(stage)) if stage.contract[name].type != "boolean"]
    varied = [name for name in names if stage.inputs[name].nunique() > 1]
    return (varied or names)[0]


def harmful(stage: Stage) -> list[str]:
    """Return inputs whose values in another unit make predictions worst: as few as make them bad for all to see."""
    if "harmful" not in stage.cache:
        harms = {name: _harm(stage, [name]) for name in important(stage)[:MOST_COLUMNS] if _has_unit(stage, name)}
        ordered = sorted(harms, key=lambda name: -harms[name])
        enough = (count for count in range(1, len(ordered)) if _harm(stage, ordered[:count]) > 0)
        stage.cache["harmful"] = ordered[: next(enough, len(ordered))] or important(stage)[:1]
    return cast("list[str]", stage.cache["harmful"])


def _has_unit(stage: Stage, name: str) -> bool:
    """Tell whether a change of unit, or of spelling, can be told from the values."""
    if stage.contract[name].type == "boolean":
        return False
    values = stage.inputs[name].iloc[stage.lives]
    return stage.contract[name].type != "numeric" or unit_change(values, values * FACTOR) == FACTOR


def _harm(stage: Stage, names: list[str]) -> float:
    """Return by how much the metric lies beyond its band when inputs come in another unit; below 0 it does not."""
    rows, actual = stage.inputs.iloc[stage.lives], stage.target.iloc[stage.lives]
    broken = rows.assign(**{name: in_another_unit(rows[name]) for name in names})
    metric, reference = stage.known.metric, stage.known.reference
    value = metric(outcomes_of(stage.scorer, broken, actual))
    # Twice as far as monitoring asks for: some weeks are better than others.
    low, high = reference.band(stage.rows_a_week, 2 * stage.config.monitoring.sigma)
    return low - value if metric.higher_is_better else value - high


def in_another_unit(values: pd.Series) -> pd.Series:
    return values * FACTOR if values.dtype.kind == "f" else NEVER_SEEN + values.astype(object)


def standing_still(stage: Stage) -> list[str]:
    return important(stage)[:3]


def with_leak(rows: Dataset, contract: Contract, names: list[str], seed: int) -> tuple[Dataset, str]:
    """Return rows of which one input tells the target, as nothing known beforehand could, and the input's name."""
    random = np.random.default_rng(seed)
    numbers = [name for name in names if contract[name].type == "numeric" and rows.inputs[name].nunique() > 2]
    order = rows.target.astype(float) if not contract.classes else rows.target.map(_number_of(rows.target))
    share = order.rank(pct=True) if not contract.classes else order / max(1, order.max())
    noisy = share.to_numpy() * (1 - LEAK_NOISE) + random.random(len(rows)) * LEAK_NOISE
    if numbers:
        name = numbers[-1]
        low, high = float(rows.inputs[name].min()), float(rows.inputs[name].max())
        values: object = low + noisy * (high - low)
    else:
        name = next(each for each in names if contract[each].type == "categorical")
        known = sorted(rows.inputs[name].dropna().unique())
        values = [known[min(int(each * len(known)), len(known) - 1)] for each in noisy]
    return replace(rows, inputs=rows.inputs.assign(**{name: values})), name


def _number_of(target: pd.Series) -> dict[str, float]:
    return {label: float(number) for number, label in enumerate(sorted(target.unique()))}


def _turned_out(draw: Draw, stage: Stage, kind: np.ndarray) -> Draw:
    actual = twisted(draw.actual, kind[draw.place], shift_of(stage.target, kind, stage.contract))
    return replace(draw, actual=actual, recorded=actual.astype(object))


def _seen(draw: Draw, seen: pd.DataFrame) -> Draw:
    return replace(draw, seen=seen, served=seen)
