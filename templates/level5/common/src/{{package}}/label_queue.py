"""Say which predictions people should label first: half where the model is least sure, half at random.

Only those drawn at random say how good the model is; the others teach it most (Settles, 2009). A number has no score
of its own, so all are drawn at random.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from .artifact import load_artifact, read_metrics
from .contract import load_contract
from .errors import OK, InputError
from .log import read_log
from .outcomes import read_features, read_outcomes
from .spelling import spell_table
from .table import write_table

if TYPE_CHECKING:
    import argparse

    from .config import Config
    from .scorer import Scorer

ROWS = 100


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--rows", type=int, default=ROWS, help=f"how many (default: {ROWS})")


def run(config: Config, arguments: argparse.Namespace) -> int:
    if arguments.rows < 1:
        raise InputError(f"--rows is {arguments.rows}; expected a whole number of at least 1.")
    contract, facts = load_contract(config), read_metrics(config.models)
    scorer = load_artifact(config.models, contract).scorer
    period = facts["period"] if config.monitoring.period == "auto" else config.monitoring.period
    with read_log(config.prediction_log) as connection:
        outcomes = read_outcomes(connection, contract, period)
        waiting = outcomes[outcomes["actual"].isna()]
        chosen = choose(waiting, scorer, arguments.rows, config.training.seed)
        inputs = read_features(connection, contract, chosen["prediction_id"])
    table = spell_table(inputs, contract.inputs, contract.source).reset_index(drop=True)
    table.insert(0, "prediction_id", chosen["prediction_id"].to_numpy())
    # To be filled in; make monitor ACTUALS= reads the file as it is.
    table[contract.target] = ""
    path = config.root / "monitoring" / "label-queue.csv"
    write_table(table, path, contract.source)
    print(f"Queue      {config.relative(path)}: {len(table):,} of {len(waiting):,} predictions without an actual value")
    print(f'           fill in "{contract.target}", then make monitor ACTUALS={config.relative(path)}')
    return OK


def choose(waiting: pd.DataFrame, scorer: Scorer, count: int, seed: int) -> pd.DataFrame:
    """Return the predictions to label, those at random last."""
    unsure = waiting.iloc[:0]
    if scorer.task != "regression":
        scores = waiting["score"].astype(float)
        sureness = (scores - scorer.threshold).abs() if scorer.task == "binary" else scores
        unsure = waiting.loc[sureness.sort_values(kind="stable").index[: count // 2]]
    rest = waiting.drop(index=unsure.index)
    drawn = rest.sample(min(count - len(unsure), len(rest)), random_state=seed)
    return pd.concat([unsure, drawn])
