"""The step that judges the model: on test and training rows, beside a baseline, and in every slice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .artifact import load_artifact, read_reference, write_json
from .contract import load_contract
from .data import load_dataset
from .evaluate import baseline_outcomes, outcomes_of, share_of_wins
from .metrics import all_metrics, find_metric, resample
from .params import read_parameters
from .slices import find_slices, row_errors
from .split_rows import read_split
from .table import write_table

if TYPE_CHECKING:
    from pathlib import Path

    from .config import Config


def evaluate(config: Config) -> None:
    """Write reports/evaluation.json, and what the baseline says about the test rows."""
    contract = load_contract(config)
    dataset, rows = load_dataset(config, contract), read_split(config)
    task, seed, positive = config.project.task, config.training.seed, contract.positive
    metric = find_metric(config, dataset.target, positive)
    folder = config.root / "models"
    outcomes, inputs = read_reference(folder)
    known = dataset.target.iloc[rows.development]
    baseline = baseline_outcomes(task, known, outcomes["actual"], positive)
    scorer = load_artifact(folder).scorer
    seen = outcomes_of(scorer, dataset.inputs.iloc[rows.development], known)
    errors = row_errors(outcomes, task, positive)
    slices = find_slices(inputs, contract, read_parameters(config.root).validation.slices)
    content: dict[str, Any] = {
        "metric": metric.name,
        "label": metric.label,
        "higher_is_better": metric.higher_is_better,
        "test": all_metrics(task, outcomes, positive),
        "train": all_metrics(task, seen, positive),
        "baseline": all_metrics(task, baseline, positive),
        "interval": [float(each) for each in np.quantile(resample(outcomes, metric, seed), [0.025, 0.975])],
        "wins_over_baseline": share_of_wins(outcomes, baseline, metric, seed),
        "rows": {"train": len(rows.development), "test": len(rows.test)},
        "slices": [
            {
                "column": each.column,
                "value": each.value,
                "rows": len(each.rows),
                "error": float(errors[each.rows].mean()),
                metric.name: _number(metric(outcomes.iloc[each.rows])),
            }
            for each in slices
        ],
    }
    write_table(baseline, baseline_file(config))
    write_json(content, config.reports / "evaluation.json")
    low, high = content["interval"]
    print(f"{metric.label} {content['test'][metric.name]:.4g} ({low:.4g} to {high:.4g}), {len(slices)} slices")


def baseline_file(config: Config) -> Path:
    return config.root / "data" / "pipeline" / "baseline.parquet"


def _number(value: float) -> float | None:
    return None if np.isnan(value) else value
