"""The step that trains: tune and fit the model on the rows of the split, and write it to models/."""

from __future__ import annotations

from typing import TYPE_CHECKING

from threadpoolctl import threadpool_limits

from .compute import train_model
from .contract import load_contract
from .data import load_dataset
from .examples import write_examples
from .handoff import save
from .split_rows import read_split

if TYPE_CHECKING:
    from .config import Config


def fit(config: Config) -> None:
    """Write the files of models/. Whether the model is good enough is for later steps to say."""
    contract = load_contract(config)
    dataset = load_dataset(config, contract)
    rows = read_split(config)
    with threadpool_limits(config.training.threads):
        trained = train_model(config, contract, dataset, rows)
    sha256 = save(config, contract, dataset, rows, trained)
    write_examples(config, contract, dataset, rows.test, trained)
    metric = trained.metric
    print(f"sha256 {sha256[:12]}, {trained.rounds} rounds, {metric.label} {metric(trained.outcomes):.4g}")
