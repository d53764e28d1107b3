"""Train the model and judge it on untouched rows. It replaces the one before only if it beats the baseline."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from threadpoolctl import threadpool_limits

from .contract import load_contract
from .data import check_classes, load_dataset, split
from .errors import OK, ProjectError
from .estimator import best_rounds
from .evaluate import baseline_outcomes, outcomes_of, permutation_importance, share_of_wins
from .examples import write_examples
from .handoff import save
from .metrics import find_metric
from .model import fit_model
# slot: imports
from .periods import period_labels
from .scorer import DEFAULT_THRESHOLD, Scorer, choose_threshold
# slot: last-imports

if TYPE_CHECKING:
    import argparse

    import pandas as pd

    from .config import Config
    from .contract import Contract
    from .data import Dataset, Split
    from .metrics import Metric


@dataclass(frozen=True)
class Trained:
    """A model, and how it and the baseline did on the test rows."""

    scorer: Scorer
    rounds: int
    metric: Metric
    outcomes: pd.DataFrame
    baseline: pd.DataFrame
    importance: dict[str, float]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = "Settings: the section training of mlops.yaml; features.py and model.py."


def run(config: Config, _arguments: argparse.Namespace) -> int:
    contract = load_contract(config)
    dataset = load_dataset(config, contract)
    print(f"Data       {len(dataset):,} rows, {len(contract.inputs)} inputs")
    for note in dataset.notes:
        print(f"           {note}")
    rows = split(dataset, config)
    print(f"Split      {_describe(rows, dataset)}")
    # Sums depend on how many threads share them, so the same number of threads makes the same model.
    with threadpool_limits(config.training.threads):
        trained = train(config, contract, dataset, rows)
    require_gain(trained, config)
    sha256 = save(config, contract, dataset, rows, trained)
    rounds = f", {trained.rounds} rounds" if trained.rounds > 1 else ""
    print(f"Model      models/model.joblib, sha256 {sha256[:12]}{rounds}")
    for path in write_examples(config, contract, dataset, rows.test, trained):
        print(f"Example    {path.relative_to(config.root)}")
    return OK


def train(config: Config, contract: Contract, dataset: Dataset, rows: Split) -> Trained:
    """Tune on the validation rows, fit again with them, and judge on the test rows.

    Raises:
        ProjectError: the rows do not allow it, as when only one class occurs.
    """
    # slot: parameters
    task, seed = config.project.task, config.training.seed
    if task != "regression":
        check_classes(dataset.target, rows)
    metric = find_metric(config, dataset.target, contract.positive)
    rounds, threshold = _tune(config, contract, dataset, rows)
    inputs, target = dataset.inputs, dataset.target
    known, actual = target.iloc[rows.development], target.iloc[rows.test]
    pipeline = fit_model(
        task, inputs.iloc[rows.development], known, text=text_columns(contract), seed=seed, rounds=rounds
    )
    scorer = Scorer(pipeline, task, classes_of(config, contract, target), threshold)
    test_inputs = inputs.iloc[rows.test]
    return Trained(
        scorer,
        rounds,
        metric,
        outcomes=outcomes_of(scorer, test_inputs, actual),
        baseline=baseline_outcomes(task, known, actual, contract.positive),
        importance=permutation_importance(scorer, test_inputs, actual, metric, seed),
    )


def require_gain(trained: Trained, config: Config) -> None:
    """Print the model's metric beside the baseline's, and refuse a model that is not surely better.

    Raises:
        ProjectError: a model that looks at nothing is as good.
    """
    metric = trained.metric
    model, baseline = metric(trained.outcomes), metric(trained.baseline)
    if np.isnan(model):
        raise ProjectError(f"The {metric.label} is not defined on the test rows: they hold one class only.")
    wins = share_of_wins(trained.outcomes, trained.baseline, metric, config.training.seed)
    print(f"Test       {metric.label}: model {model:.4g}, baseline {baseline:.4g}")
    if trained.scorer.task == "binary":
        print(f"Threshold  {trained.scorer.threshold:.3f} ({_where_from(config)})")
    if wins < config.training.confidence:
        raise ProjectError(
            f"The model does not surely beat the baseline: it is better in {wins:.0%} of the resamples of the "
            f"test rows, and {config.training.confidence:.0%} is asked (training.confidence in mlops.yaml). "
            "Nothing was replaced."
        )


def _tune(config: Config, contract: Contract, dataset: Dataset, rows: Split) -> tuple[int, float]:
    """Return the number of rounds, and the threshold of a binary target, that suit the validation rows."""
    task = config.project.task
    inputs, target = dataset.inputs, dataset.target
    fitted_target = target.iloc[rows.train]
    held_out = rows.validation
    if task != "regression":
        # A class that the training rows lack cannot be learned, so it cannot stop the training either.
        held_out = held_out[target.iloc[held_out].isin(fitted_target).to_numpy()]
    validation = (inputs.iloc[held_out], target.iloc[held_out])
    pipeline = fit_model(
        task,
        inputs.iloc[rows.train],
        fitted_target,
        text=text_columns(contract),
        seed=config.training.seed,
        validation=validation,
    )
    rounds = best_rounds(pipeline[-1])
    if task != "binary":
        return rounds, DEFAULT_THRESHOLD
    if config.training.threshold != "auto":
        return rounds, float(config.training.threshold)
    scorer = Scorer(pipeline, task, classes_of(config, contract, target))
    outcomes = outcomes_of(scorer, *validation)
    # slot: threshold
    return rounds, choose_threshold(outcomes, str(contract.positive))


def _where_from(config: Config) -> str:
    """Say where the threshold of a binary target is from."""
    if config.training.threshold != "auto":
        return "training.threshold of mlops.yaml"
    # slot: where-from
    return "best F1 on the validation rows"


def classes_of(config: Config, contract: Contract, target: pd.Series) -> tuple[str, ...]:
    """Return the classes that occur; the positive one first where there are two.

    Raises:
        ProjectError: a binary target has other than two classes, or not the positive one.
    """
    if config.project.task == "regression":
        return ()
    seen = sorted(target.unique())
    if config.project.task == "multiclass":
        return tuple(seen)
    if len(seen) != 2 or contract.positive not in seen:
        raise ProjectError(
            f"The target has the classes {', '.join(seen)}; two are expected, one of them the positive "
            f'"{contract.positive}" of contract.yaml.'
        )
    return tuple(sorted(seen, key=lambda label: label != contract.positive))


def text_columns(contract: Contract) -> tuple[str, ...]:
    return tuple(column.name for column in contract.inputs if column.type == "text")


def _describe(rows: Split, dataset: Dataset) -> str:
    counts = f"train {len(rows.train):,}, validation {len(rows.validation):,}, test {len(rows.test):,} rows"
    if dataset.time is None:
        return f"{counts}, at random"
    first = period_labels(dataset.time.iloc[rows.test].dropna(), "day").min()
    return f"{counts} from {first} on"
