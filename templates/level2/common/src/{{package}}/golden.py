"""Record what the model does today on a sample of the data: what the regression tests compare with.

tests/golden/rows.csv         the sample
tests/golden/features.csv     what features.py makes of its first rows
tests/golden/predictions.csv  what a model trained on the sample predicts for its test rows
tests/golden/metrics.json     how good that is, and how bad it may become
tests/golden/openapi.json     the interface of the scoring API

Record anew after a change that is meant to change predictions, and commit the difference.
"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import numpy as np

from .api import describe_api
from .artifact import write_json
from .contract import load_contract
from .data import load_dataset
from .errors import OK
from .features import make_features
from .metrics import resample
from .sample import choose_rows, golden_folder, sample_project, sample_rows, train_sample
from .table import write_table

if TYPE_CHECKING:
    import argparse

    import pandas as pd

    from .config import Config
    from .data import Dataset
    from .train import Trained

ROWS_OF_FEATURES = 20
# How far below today's metric the floor is, in standard deviations that chance gives it.
SIGMA = 2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = "The sample is made from the clean rows the first time, and then kept."
    parser.add_argument("--sample", action="store_true", help="make the sample anew")


def run(config: Config, arguments: argparse.Namespace) -> int:
    contract = load_contract(config)
    if arguments.sample or not sample_rows(config).is_file():
        dataset = load_dataset(config, contract)
        rows = dataset.text.iloc[choose_rows(dataset, config)]
        write_table(rows, sample_rows(config), contract.source)
    with TemporaryDirectory() as temporary:
        sample = sample_project(config, Path(temporary))
        dataset, split, trained = train_sample(sample)
    folder = golden_folder(config)
    write_table(features_of(dataset), folder / "features.csv")
    write_table(predictions_of(trained, split.test), folder / "predictions.csv")
    metrics = metrics_of(trained, config.training.seed)
    write_json(metrics, folder / "metrics.json")
    write_json(describe_api(config, contract), folder / "openapi.json")
    print(f"Golden     {len(dataset):,} rows, {metrics['metric']} {metrics['value']:.4g}, floor {metrics['floor']:.4g}")
    return OK


def features_of(dataset: Dataset) -> pd.DataFrame:
    """Return the features of the first rows of the sample."""
    return make_features(dataset.inputs.head(ROWS_OF_FEATURES))


def predictions_of(trained: Trained, test: np.ndarray) -> pd.DataFrame:
    """Return the predictions for the sample's test rows; `row` is the place in the sample."""
    table = trained.outcomes[["prediction", "score"]].reset_index(drop=True)
    table.insert(0, "row", test)
    return table.sort_values("row", ignore_index=True)


def metrics_of(trained: Trained, seed: int) -> dict[str, Any]:
    """Return the metric on the sample's test rows, and the floor: what chance explains, but no worse than a guess."""
    metric = trained.metric
    value, baseline = metric(trained.outcomes), metric(trained.baseline)
    width = SIGMA * float(np.std(resample(trained.outcomes, metric, seed), ddof=1))
    if metric.higher_is_better:
        floor = max(value - width, min(value, baseline))
    else:
        floor = min(value + width, max(value, baseline))
    return {"metric": metric.name, "value": value, "floor": floor, "baseline": baseline}
