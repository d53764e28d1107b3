"""A small world made of the project's own rows, in which things go wrong on purpose: for `make simulate`.

Two fifths of the rows train a model; the others are what happens afterwards, week by week, in simulated time. Rows come
from there at random, again and again. A part of them is never learned from, so that a new model is judged on rows that
are new to it.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from .artifact import METRICS, read_metrics, write_json
from .config import SETTINGS_FILE, load_config
from .contract import CONTRACT_FILE, load_contract
from .data import Dataset, Split, load_dataset
from .evaluate import baseline_outcomes
from .gather import Known, read_known
from .handoff import save
from .log import ACTUAL_COLUMNS, PREDICTION_COLUMNS, append, open_log
from .model import fit_model
from .params import PARAMS_FILE, has_hyperparameter
from .predict import features_as_json
from .rollout_plan import PLAN_FILE
from .simulated_worth import write_roi
from .slices import row_errors
from .train import Trained, text_columns, train

if TYPE_CHECKING:
    from .config import Config
    from .contract import Contract
    from .scorer import Scorer

MOST_ROWS = 3_000
# Of all rows, the share that the first model learns from; the others happen.
LEARNED = 0.4
# Of the rows that happen, the share that no model learns from.
JUDGES = 0.3
FEWEST_RARE = 2
TUNES = 0.15
WEEK = timedelta(days=7)
# Rows of a week. Whether a class was hit says less than how far a number was missed, so it takes more of them.
ROWS = 1_000
ROWS_OF_CLASSES = 1_500
LONGEST_DELAY = 7.0
# The simulated rounds of training are few, so that all scenarios end within a minute.
ROUNDS = 60
FILES = (SETTINGS_FILE, CONTRACT_FILE, PLAN_FILE)


@dataclass(frozen=True)
class Draw:
    """What happens in one week. Tables have the same index.

    `seen` are the inputs as they are logged, `served` those that the service computes with, `actual` how things turn
    out, and `recorded` what is written down about it (missing: nobody does). `place` is where each row comes from,
    `told` are the inputs as they are known later, where they differ, and `broken` rows are worth nothing.
    """

    seen: pd.DataFrame
    served: pd.DataFrame
    actual: pd.Series
    recorded: pd.Series
    place: np.ndarray
    delay_days: float = 1.0
    told: pd.DataFrame | None = None
    broken: np.ndarray | None = None

    @property
    def learned(self) -> pd.DataFrame:
        """The inputs that a model learns from."""
        return self.seen if self.told is None else self.told

    def put_right(self) -> Draw:
        """Return the week as it is told once people have looked at it: labels are right, broken rows are set apart."""
        right = self.actual.astype(object).where(self.recorded.notna())
        return replace(self, recorded=right if self.broken is None else right.mask(self.broken))


@dataclass
class Stage:
    """A model and the rows that it was made with: where a scenario begins.

    `weights` say how often each row happens. `in_half` are the rows that concept drift is about, `untouched` the
    largest group of the others by the same input, `half_of`; `leaked` is an input that tells the target.
    `usual_error` is the mean error of one and the same prediction for all test rows, `worth` the items of roi.yaml.
    """

    config: Config
    contract: Contract
    inputs: pd.DataFrame
    target: pd.Series
    learned: np.ndarray
    lives: np.ndarray
    weights: np.ndarray
    trained: Trained
    known: Known
    begins: datetime
    usual_error: float
    worth: dict[str, float]
    half_of: str = ""
    in_half: np.ndarray = field(default_factory=lambda: np.array([]))
    untouched: np.ndarray = field(default_factory=lambda: np.array([]))
    leaked: str | None = None
    cache: dict[str, object] = field(default_factory=dict)

    @property
    def scorer(self) -> Scorer:
        return self.trained.scorer

    @property
    def rows_a_week(self) -> int:
        return ROWS_OF_CLASSES if self.contract.classes else ROWS

    @property
    def judges(self) -> np.ndarray:
        """The positions of the rows that no model learns from."""
        return self.lives[: round(len(self.lives) * JUDGES)]

    def draw(self, random: np.random.Generator, rows: int) -> Draw:
        """Draw what happens in a week in which nothing is wrong."""
        chances = self.weights[self.lives] / self.weights[self.lives].sum()
        place = random.choice(self.lives, rows, p=chances)
        inputs = self.inputs.iloc[place].reset_index(drop=True)
        actual = self.target.iloc[place].reset_index(drop=True)
        return Draw(inputs, inputs, actual, actual.astype(object), place)


def pool(config: Config, contract: Contract) -> Dataset:
    """Return some of the project's rows, in random order."""
    dataset = load_dataset(config, contract)
    random = np.random.default_rng(config.training.seed)
    chosen = random.permutation(len(dataset))[:MOST_ROWS]
    parts = (part.iloc[chosen].reset_index(drop=True) for part in (dataset.text, dataset.inputs, dataset.target))
    text, inputs, target = parts
    return Dataset(text, inputs, target, None, [])


def make_stage(
    config: Config,
    folder: Path,
    rows: Dataset,
    *,
    weights: np.ndarray | None = None,
) -> Stage:
    """Train a model in a folder of its own.

    Args:
        weights: how often each row happens, where that is not the same for all; rare rows are rare in training, too
    """
    folder.mkdir(parents=True)
    for name in FILES:
        if (config.root / name).is_file():
            shutil.copyfile(config.root / name, folder / name)
    few = f"{{max_rounds: {ROUNDS}}}" if has_hyperparameter("max_rounds") else "{}"
    (folder / PARAMS_FILE).write_text(f"model: {few}\n", encoding="utf-8")
    inside = load_config(folder)
    inside = replace(inside, monitoring=replace(inside.monitoring, period="week"))
    contract = load_contract(inside)
    random = np.random.default_rng(config.training.seed)
    weights = np.ones(len(rows)) if weights is None else weights
    first = round(len(rows) * LEARNED)
    learned = np.arange(first)
    learned = _happened(learned, weights, random)
    lives = np.arange(first, len(rows))
    tested = _happened(lives, weights, random)
    tunes = round(len(learned) * TUNES)
    split = Split(learned[tunes:], learned[:tunes], tested)
    usual_error = _usual_error(inside, contract, rows.target, split)
    worth = write_roi(config, inside, usual_error)
    with threadpool_limits(config.training.threads):
        trained = train(inside, contract, rows, split)
    save(inside, contract, rows, split, trained)
    begins = _next_monday()
    return Stage(
        inside,
        contract,
        rows.inputs,
        rows.target,
        learned,
        lives,
        weights,
        trained,
        read_known(inside, contract),
        begins,
        usual_error,
        worth,
    )


def _usual_error(config: Config, contract: Contract, target: pd.Series, split: Split) -> float:
    task, positive = config.project.task, contract.positive
    outcomes = baseline_outcomes(task, target.iloc[split.development], target.iloc[split.test], positive)
    return float(row_errors(outcomes, task, positive).mean())


def _happened(rows: np.ndarray, weights: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Return the rows that happen, and a few of the rare ones in any case: what was never seen is another story."""
    happened = random.random(len(rows)) < weights[rows]
    happened[np.flatnonzero(weights[rows] < 1)[:FEWEST_RARE]] = True
    return rows[happened]


@dataclass
class Run:
    """One scenario in the making: a copy of a stage, whose model and log change as the weeks go by."""

    stage: Stage
    config: Config
    known: Known
    scorer: Scorer
    draws: list[Draw] = field(default_factory=list)

    @classmethod
    def begin(cls, stage: Stage, folder: Path) -> Run:
        shutil.copytree(stage.config.root, folder)
        config = replace(stage.config, root=folder)
        return cls(stage, config, stage.known, stage.scorer)

    def go_on(self, folder: Path) -> Run:
        """Return a copy that goes its own way from here."""
        shutil.copytree(self.config.root, folder)
        return replace(self, config=replace(self.config, root=folder), draws=list(self.draws))

    @property
    def log(self) -> Path:
        return self.config.prediction_log

    def week_begins(self, number: int) -> datetime:
        return self.stage.begins + WEEK * number

    def put_right(self) -> None:
        """Let the weeks so far be told as they should have been."""
        self.draws = [draw.put_right() for draw in self.draws]

    def happen(self, number: int, draw: Draw) -> pd.DataFrame:
        """Let a week go by: predict, log, and write down what becomes known. Returns the outcomes, as they are."""
        made = [self.week_begins(number) + timedelta(days=5) * share for share in np.linspace(0, 1, len(draw.seen))]
        stamps = [at.isoformat(timespec="milliseconds") for at in made]
        predicted = self.scorer.predict(draw.served)
        ids = [f"week {number}, row {row}" for row in range(len(draw.seen))]
        records = pd.DataFrame(
            {
                "prediction_id": ids,
                "timestamp": stamps,
                "model_sha256": self.known.artifact.sha256,
                "event_time": stamps,
                "row_id": ids,
                "fingerprint": ids,
                "features": features_as_json(draw.seen),
                "score": predicted["score"],
                "probabilities": None,
                "prediction": predicted["prediction"],
            }
        )
        known = [(at + timedelta(days=draw.delay_days)).isoformat(timespec="milliseconds") for at in made]
        actuals = pd.DataFrame({"prediction_id": ids, "actual": draw.recorded, "labelled_at": known})
        actuals = actuals[actuals["actual"].notna()].assign(recorded_at=actuals["labelled_at"])
        with open_log(self.log) as connection:
            append(connection, "predictions", PREDICTION_COLUMNS, records)
            # Nobody waits here for labels that take longer than a scenario.
            if draw.delay_days < LONGEST_DELAY:
                append(connection, "actuals", ACTUAL_COLUMNS, actuals)
        self.draws.append(draw)
        return predicted[["prediction", "score"]].assign(actual=draw.actual)

    def use(self, trained: Trained, dataset: Dataset, split: Split, at: datetime) -> None:
        """Put another model into use."""
        save(self.config, self.stage.contract, dataset, split, trained)
        facts = read_metrics(self.config.models)
        write_json({**facts, "trained_at": at.isoformat(timespec="seconds")}, self.config.models / METRICS)
        self.known, self.scorer = read_known(self.config, self.stage.contract), trained.scorer


def retrain(run: Run, new: list[Draw], *, with_old: bool) -> tuple[Trained, Dataset, Split]:
    """Train on labelled rows of some weeks, and on those of the first model; what judges is left out.

    The test rows of the new model are those of the newest week that no model learns from.
    """
    stage = run.stage
    inputs, target, split = _gathered(stage, new, with_old=with_old)
    dataset = Dataset(_as_text(inputs, stage.contract), inputs, target, None, [])
    with threadpool_limits(stage.config.training.threads):
        return train(run.config, stage.contract, dataset, split), dataset, split


def fit_again(run: Run, new: list[Draw]) -> Scorer:
    """Fit the first model, as it was tuned, to its own rows and the labelled rows of some weeks."""
    stage = run.stage
    inputs, target, split = _gathered(stage, new, with_old=True)
    rows, first = split.development, stage.trained
    pipeline = fit_model(
        first.scorer.task,
        inputs.iloc[rows],
        target.iloc[rows],
        text=text_columns(stage.contract),
        seed=stage.config.training.seed,
        rounds=first.rounds,
    )
    return replace(first.scorer, pipeline=pipeline)


def _gathered(stage: Stage, new: list[Draw], *, with_old: bool) -> tuple[pd.DataFrame, pd.Series, Split]:
    """Return inputs and target of all rows, and which of them train, tune and test."""
    judges = np.isin(np.concatenate([draw.place for draw in new]), stage.judges)
    seen = pd.concat([draw.learned for draw in new], ignore_index=True)
    recorded = pd.concat([draw.recorded for draw in new], ignore_index=True)
    is_known = recorded.notna().to_numpy()
    newest = np.arange(len(seen)) >= len(seen) - len(new[-1].seen)
    # A row that happened again is the same row: learned from more than once, it would count for more than it tells.
    is_newest = ~pd.Series(np.concatenate([draw.place for draw in new])).duplicated(keep="last").to_numpy()
    fresh = np.flatnonzero(is_known & ~judges & is_newest)
    tested = np.flatnonzero(is_known & judges & newest)
    old = stage.learned if with_old else stage.learned[:0]
    inputs = pd.concat([stage.inputs.iloc[old], seen.iloc[fresh], seen.iloc[tested]], ignore_index=True)
    values = [stage.target.iloc[old], recorded.iloc[fresh], recorded.iloc[tested]]
    target = pd.concat(values, ignore_index=True).astype(stage.target.dtype)
    random = np.random.default_rng(stage.config.training.seed)
    known = random.permutation(len(old) + len(fresh))
    tunes = round(len(known) * TUNES)
    return inputs, target, Split(known[tunes:], known[:tunes], np.arange(len(known), len(inputs)))


def _as_text(inputs: pd.DataFrame, contract: Contract) -> pd.DataFrame:
    """Return rows as a file would hold them; ids are made up."""
    from .spelling import spell_table

    text = spell_table(inputs, contract.inputs, contract.source)
    return text.assign(**{column.name: [str(row) for row in range(len(text))] for column in contract.ids})


def _next_monday() -> datetime:
    """Return the beginning of a week after now: what happens has to be later than the training."""
    today = datetime.now(timezone.utc).replace(hour=0, minute=0, second=0, microsecond=0)
    return today + timedelta(days=7 + (7 - today.weekday()) % 7)
