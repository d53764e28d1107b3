"""Predict for the rows of a file, and log every prediction."""

from __future__ import annotations

import hashlib
import json
import uuid
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from .artifact import load_artifact
# slot: first-imports
from .contract import load_contract
from .errors import OK, InputError
# slot: imports
from .log import PREDICTION_COLUMNS, append, find_log, now, open_log
from .table import check_columns, convert, read_table, replacing, write_table

if TYPE_CHECKING:
    import argparse

    from .artifact import Artifact
    from .config import Config
    from .contract import Contract

PROBABILITY_PREFIX = "score_"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("input", type=Path, help="CSV or Parquet file with the columns of contract.yaml")
    parser.add_argument("output", type=Path, help="CSV or Parquet file to write")
    parser.add_argument("--log", type=Path, help="prediction log (default: monitoring/predictions.sqlite)")


def run(config: Config, arguments: argparse.Namespace) -> int:
    source, output = arguments.input, arguments.output
    if output.is_dir() or output.resolve() == source.resolve():
        raise InputError(f"{output} is the input itself, or a folder; name another file for the output.")
    contract = load_contract(config)
    artifact = load_artifact(config.models, contract)
    table = read_table(source, contract)
    # slot: rows
    inputs = read_inputs(table, contract, source)
    # slot: checks
    # slot: scorer
    predictions = artifact.scorer.predict(inputs)
    predictions.insert(0, "prediction_id", [str(uuid.uuid4()) for _ in range(len(predictions))])
    records = log_records(table, inputs, predictions, contract, artifact)
    log = find_log(config, arguments.log, source)
    shown = [column.name for column in contract.ids] + [contract.time] * (contract.time is not None)
    with replacing(output) as temporary:
        write_table(
            pd.concat([predictions[["prediction_id"]], table[shown], predictions.iloc[:, 1:]], axis=1), temporary
        )
        # Logged before the output appears: nobody can act on a prediction that is not in the log.
        with open_log(log) as connection:
            append(connection, "predictions", PREDICTION_COLUMNS, records)
    print(f"{len(predictions):,} predictions written to {output} and logged in {config.relative(log)}")
    return OK


def read_inputs(table: pd.DataFrame, contract: Contract, source: Path) -> pd.DataFrame:
    """Check and convert the rows to predict on.

    Raises:
        InputError: names each column that is missing, unknown or malformed, and where.
    """
    check_columns(table, contract, contract.required, source)
    inputs, malformed = convert(table, contract.inputs, contract.source)
    if malformed:
        raise InputError("\n".join([f"{source} cannot be used:", *(f"  {problem}" for problem in malformed)]))
    return inputs


def log_records(
    table: pd.DataFrame, inputs: pd.DataFrame, predictions: pd.DataFrame, contract: Contract, artifact: Artifact
) -> pd.DataFrame:
    """Return one row of the log for each prediction."""
    timestamp = now()
    features = features_as_json(inputs)
    probabilities = predictions.filter(regex=f"^{PROBABILITY_PREFIX}")
    return pd.DataFrame(
        {
            "prediction_id": predictions["prediction_id"],
            "timestamp": timestamp,
            "model_sha256": artifact.sha256,
            "event_time": event_times(inputs, contract).fillna(timestamp),
            "row_id": row_ids(table, contract),
            "fingerprint": fingerprints(features),
            "features": features,
            "score": predictions["score"],
            "probabilities": _probabilities_as_json(probabilities),
            "prediction": predictions["prediction"],
        },
        index=inputs.index,
    )


def features_as_json(inputs: pd.DataFrame) -> pd.Series:
    """Return each row as a JSON object: numbers, text, dates in ISO 8601, null for missing."""
    plain = inputs.copy()
    for name in inputs.select_dtypes("datetime").columns:
        plain[name] = inputs[name].map(pd.Timestamp.isoformat, na_action="ignore")
    plain = plain.astype(object)
    rows = plain.where(plain.notna(), None).to_dict("records")
    return pd.Series([json.dumps(row, ensure_ascii=False) for row in rows], index=inputs.index)


def fingerprints(features: pd.Series) -> pd.Series:
    """Return a short hash of each row's features, numbered where a row occurs again."""
    hashes = features.map(lambda text: hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32])
    repeats = hashes.groupby(hashes).cumcount()
    return hashes.where(repeats == 0, hashes + "#" + (repeats + 1).astype(str))


def row_ids(table: pd.DataFrame, contract: Contract) -> pd.Series:
    """Return the id columns of each row as a JSON list, or None where the contract has none."""
    if not contract.ids:
        return pd.Series(None, index=table.index, dtype=object)
    ids, _ = convert(table, contract.ids, contract.source)
    rows = ids.where(ids.notna(), None).to_numpy().tolist()
    return pd.Series([json.dumps(row, ensure_ascii=False) for row in rows], index=table.index)


def event_times(inputs: pd.DataFrame, contract: Contract) -> pd.Series:
    """Return the time column of each row in ISO 8601, or None where there is none."""
    if contract.time is None:
        return pd.Series(None, index=inputs.index, dtype=object)
    return inputs[contract.time].map(pd.Timestamp.isoformat, na_action="ignore").astype(object)


def _probabilities_as_json(probabilities: pd.DataFrame) -> list[str | None]:
    if probabilities.empty:
        return [None] * len(probabilities)
    by_class = probabilities.rename(columns=lambda name: name.removeprefix(PROBABILITY_PREFIX))
    return [json.dumps(row, ensure_ascii=False) for row in by_class.to_dict("records")]
