"""Write a trained model down so that somebody else can use it: files, signature, sample, metrics."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

import numpy as np

from . import artifact
from .metrics import all_metrics
from .periods import choose_period, period_labels
from .table import convert, write_table

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from .config import Config
    from .contract import Column, Contract
    from .data import Dataset, Split
    from .train import Trained

SAMPLE_ROWS = 5
MAX_VALUES = 1_000


def save(config: Config, contract: Contract, dataset: Dataset, rows: Split, trained: Trained) -> str:
    """Write the files of models/ and return the model's sha256. The signature comes last and seals them."""
    folder = config.models
    # slot: folder
    sha256 = artifact.save_model(trained.scorer, folder)
    _write_sample(contract, dataset, rows, trained, folder)
    outcomes = trained.outcomes
    if dataset.time is not None:
        outcomes = outcomes.assign(time=dataset.time.iloc[rows.test])
    artifact.write_reference(outcomes, dataset.inputs.iloc[rows.test], folder / artifact.REFERENCE)
    artifact.write_json(_metrics(config, contract, dataset, rows, trained, sha256), folder / artifact.METRICS)
    signature = _signature(config, contract, dataset.inputs.iloc[rows.development], trained, sha256)
    artifact.write_json(signature, folder / artifact.SIGNATURE)
    return sha256


def _write_sample(contract: Contract, dataset: Dataset, rows: Split, trained: Trained, folder: Path) -> None:
    sample = dataset.text.iloc[rows.test[:SAMPLE_ROWS]][[column.name for column in contract.required]]
    write_table(sample, folder / artifact.SAMPLE_INPUT, contract.source)
    inputs, _ = convert(sample, contract.inputs, contract.source)
    write_table(trained.scorer.predict(inputs), folder / artifact.EXPECTED_OUTPUT)


def _metrics(
    config: Config, contract: Contract, dataset: Dataset, rows: Split, trained: Trained, sha256: str
) -> dict[str, Any]:
    task, metric = config.project.task, trained.metric
    time = None if dataset.time is None else dataset.time.iloc[rows.test]
    period = choose_period(time, config.monitoring.period, config.monitoring.min_labels)
    return {
        "model_sha256": sha256,
        "trained_at": datetime.now(timezone.utc).isoformat(timespec="seconds"),
        "task": task,
        "metric": metric.name,
        "higher_is_better": metric.higher_is_better,
        "model": all_metrics(task, trained.outcomes, contract.positive),
        "baseline": all_metrics(task, trained.baseline, contract.positive),
        "threshold": trained.scorer.threshold if task == "binary" else None,
        "rounds": trained.rounds,
        "rows": {"train": len(rows.train), "validation": len(rows.validation), "test": len(rows.test)},
        "period": period,
        "by_period": [] if time is None else _by_period(trained, time, period),
    }


def _by_period(trained: Trained, time: pd.Series, period: str) -> list[dict[str, Any]]:
    groups = trained.outcomes.groupby(period_labels(time, period).to_numpy())
    return [
        {"period": label, "rows": len(group), trained.metric.name: _number(trained.metric(group))}
        for label, group in groups
    ]


def _signature(
    config: Config, contract: Contract, inputs: pd.DataFrame, trained: Trained, sha256: str
) -> dict[str, Any]:
    task = config.project.task
    return {
        "file": artifact.MODEL,
        "sha256": sha256,
        "task": task,
        "target": contract.target,
        "classes": list(trained.scorer.classes),
        "threshold": trained.scorer.threshold if task == "binary" else None,
        "ids": [column.name for column in contract.ids],
        "inputs": [
            describe_input(column, inputs[column.name], trained.importance[column.name]) for column in contract.inputs
        ],
        "outputs": ["prediction", "score"],
        "made_with": artifact.library_versions(),
    }


def describe_input(column: Column, values: pd.Series, importance: float) -> dict[str, Any]:
    """Describe what the model has seen of one input."""
    entry: dict[str, Any] = {
        "name": column.name,
        "type": column.type,
        "dtype": str(values.dtype) if values.dtype != object else "string",
        "missing": round(float(values.isna().mean()), 4),
        "importance": importance,
    }
    if column.type in ("numeric", "date"):
        low, high = values.min(), values.max()
        entry["min"], entry["max"] = (
            _number(each) if column.type == "numeric" else _time(each) for each in (low, high)
        )
    if column.type == "categorical":
        counts = values.value_counts().sort_index().sort_values(ascending=False, kind="stable")
        entry["values"] = counts.index[:MAX_VALUES].tolist()
        entry["distinct"] = len(counts)
    return entry


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _time(value: pd.Timestamp) -> str | None:
    return None if value is None or value != value else value.isoformat()
