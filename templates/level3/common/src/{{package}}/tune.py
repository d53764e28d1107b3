"""Search for better hyperparameters with Optuna; bad trials are stopped early. The test rows are never looked at.

Each trial is judged on several parts of the rows before the test rows, the later ones where there is a time column. The
best is written to params.yaml, if it is better than what is there; then record it and train: make golden pipeline.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import optuna
from ruamel.yaml import YAML
from threadpoolctl import threadpool_limits

from .compute import run_trials
from .contract import load_contract
from .data import load_dataset, split
from .errors import OK, InputError
from .estimator import best_rounds
from .evaluate import outcomes_of
from .metrics import find_metric
from .model import fit_model
from .params import PARAMS_FILE, choose_environment, use_hyperparameters
from .scorer import Scorer
from .table import replacing
from .tracking import finish_study, log_study, log_trial
from .train import classes_of, text_columns

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from .config import Config
    from .contract import Contract
    from .data import Dataset
    from .metrics import Metric

STARTUP_TRIALS = 3


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--trials", type=int, help="how many to try (default: tuning.trials of params.yaml)")
    parser.epilog = "Settings: the section tuning of params.yaml."


def run(config: Config, arguments: argparse.Namespace) -> int:
    parameters = choose_environment(config.root, "prod")
    tuning, present = parameters.tuning, parameters.model
    if not tuning.space:
        raise InputError(f"{PARAMS_FILE}: tuning.space is empty, so there is nothing to search.")
    contract = load_contract(config)
    dataset = load_dataset(config, contract)
    metric = find_metric(config, dataset.target, contract.positive)
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    study = optuna.create_study(
        direction="maximize" if metric.higher_is_better else "minimize",
        sampler=optuna.samplers.TPESampler(seed=config.training.seed),
        pruner=optuna.pruners.MedianPruner(n_startup_trials=STARTUP_TRIALS),
    )
    pairs = list(_folds(config, dataset, tuning.folds))
    name = f"tune-{time.strftime('%Y%m%dT%H%M%S', time.gmtime())}"
    parent = log_study(config, name, {"kind": "tuning"})
    search = Search(config, contract, dataset, metric, tuning.space, pairs, name, parent)
    # What is in use now is the first trial: the others have to beat it.
    now = search.judge(present)
    print(f"Now        {metric.label} {now:.4g}")
    with threadpool_limits(config.training.threads):
        run_trials(search, study, arguments.trials or tuning.trials)
    return _tell(config, study, search, present, now)


@dataclass(frozen=True)
class Search:
    """What is searched, and on which rows. Every trial is logged as a run of its own, nested in that of the search."""

    config: Config
    contract: Contract
    dataset: Dataset
    metric: Metric
    space: dict[str, dict[str, Any]]
    pairs: list[tuple[np.ndarray, np.ndarray]]
    name: str
    parent: str

    @property
    def folds(self) -> int:
        return len(self.pairs)

    def judge(self, values: dict[str, Any]) -> float:
        return float(np.mean([self.score(values, fold) for fold in range(self.folds)]))

    def suggest(self, trial: optuna.Trial) -> dict[str, Any]:
        values = {name: _suggest(trial, name, bounds) for name, bounds in self.space.items()}
        trial.set_user_attr("values", values)
        return values

    def score(self, values: dict[str, Any], fold: int) -> float:
        """Return the metric on one fold."""
        use_hyperparameters(self.config, values)
        inputs, target, task = self.dataset.inputs, self.dataset.target, self.config.project.task
        known, held_out = self.pairs[fold]
        validation = (inputs.iloc[held_out], target.iloc[held_out])
        pipeline = fit_model(
            task,
            inputs.iloc[known],
            target.iloc[known],
            text=text_columns(self.contract),
            seed=self.config.training.seed,
            validation=validation,
        )
        best_rounds(pipeline[-1])
        classes = classes_of(self.config, self.contract, target)
        return self.metric(outcomes_of(Scorer(pipeline, task, classes), *validation))

    def is_hopeless(self, trial: optuna.Trial, scores: list[float]) -> bool:
        """Report the newest score of a trial, and tell whether it is not worth going on."""
        trial.report(float(np.mean(scores)), len(scores) - 1)
        return trial.should_prune()

    def finish(
        self, study: optuna.Study, trial: optuna.Trial, values: dict[str, Any], scores: list[float], hopeless: bool
    ) -> None:
        """Tell the study how a trial has ended, and log it."""
        if hopeless:
            study.tell(trial, state=optuna.trial.TrialState.PRUNED)
        else:
            study.tell(trial, float(np.mean(scores)))
        log_trial(self.config, self.parent, f"{self.name}-{trial.number}", values, scores, self.metric.name)


def _folds(config: Config, dataset: Dataset, count: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Return pairs of rows to fit and rows to judge on, from those before the test rows.

    With a time column the rows to judge on are always later than those to fit (forward chaining); else each part is
    judged on once (cross-validation). Rows of a class that the rows to fit lack are left out.
    """
    rows = split(dataset, config).development
    if dataset.time is not None:
        parts = np.array_split(rows, count + 1)
        pairs = [(np.concatenate(parts[: place + 1]), parts[place + 1]) for place in range(count)]
    else:
        shuffled = np.random.default_rng(config.training.seed).permutation(rows)
        parts = np.array_split(shuffled, max(2, count))
        pairs = [
            (np.concatenate([part for other, part in enumerate(parts) if other != place]), parts[place])
            for place in range(len(parts))
        ]
    for known, held_out in pairs:
        if config.project.task == "regression":
            yield known, held_out
        else:
            seen = dataset.target.iloc[held_out].isin(dataset.target.iloc[known].unique()).to_numpy()
            yield known, held_out[seen]


def _suggest(trial: optuna.Trial, name: str, bounds: dict[str, Any]) -> float:
    try:
        low, high, log = bounds["low"], bounds["high"], bool(bounds.get("log", False))
    except (KeyError, TypeError) as error:
        raise InputError(f"{PARAMS_FILE}: tuning.space.{name} needs low and high, not {bounds!r}.") from error
    if isinstance(low, int) and isinstance(high, int):
        return trial.suggest_int(name, low, high, log=log)
    # As many digits as a person would write.
    return float(f"{trial.suggest_float(name, low, high, log=log):.4g}")


def _tell(config: Config, study: optuna.Study, search: Search, present: dict[str, Any], now: float) -> int:
    """Say what was found, and write it to params.yaml if it is better than what is there."""
    states = [trial.state for trial in study.trials]
    pruned = states.count(optuna.trial.TrialState.PRUNED)
    print(f"Trials     {len(states)}, of which {pruned} were stopped early")
    best, metric = study.best_trial, search.metric
    found, value = best.user_attrs["values"], study.best_value
    finish_study(config, search.parent, found, metric.name, value)
    if not metric.is_better(value, now):
        print(f"Best       {metric.label} {value:.4g} is no better, so {PARAMS_FILE} stays as it is")
        return OK
    _write(config, {**present, **found})
    shown = ", ".join(f"{name} {setting:g}" for name, setting in found.items())
    print(f"Best       {metric.label} {value:.4g} with {shown}: in {PARAMS_FILE}. Next: make golden pipeline")
    return OK


def _write(config: Config, values: dict[str, Any]) -> None:
    """Set the section `model` of params.yaml; comments and all else stay."""
    path = config.root / PARAMS_FILE
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 4096
    yaml.representer.add_representer(
        type(None), lambda representer, _: representer.represent_scalar("tag:yaml.org,2002:null", "null")
    )
    content = yaml.load(path.read_text(encoding="utf-8"))
    content["model"] = dict(values)
    with replacing(path) as temporary, temporary.open("w", encoding="utf-8") as file:
        yaml.dump(content, file)
