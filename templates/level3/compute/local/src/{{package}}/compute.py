"""Where the work is done: in this process."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .train import Trained, train

if TYPE_CHECKING:
    import optuna

    from .config import Config
    from .contract import Contract
    from .data import Dataset, Split
    from .tune import Search


def train_model(config: Config, contract: Contract, dataset: Dataset, rows: Split) -> Trained:
    return train(config, contract, dataset, rows)


def run_trials(search: Search, study: optuna.Study, count: int) -> None:
    """Run trials one after the other."""
    for _ in range(count):
        trial = study.ask()
        values = search.suggest(trial)
        scores: list[float] = []
        hopeless = False
        for fold in range(search.folds):
            scores.append(search.score(values, fold))
            hopeless = search.is_hopeless(trial, scores)
            if hopeless:
                break
        search.finish(study, trial, values, scores, hopeless)
