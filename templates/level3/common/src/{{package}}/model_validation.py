"""The step that says whether a model may be put into use, and why not.

It has to beat the baseline, reach its targets, be no worse than the champion, overall and in every slice, and give the
expected output in a clean environment that has only what predicting needs.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from .artifact import load_artifact, read_metrics, read_reference, write_json
from .champion import read_alias
from .contract import load_contract
from .errors import InputError, did_you_mean
from .evaluate import outcomes_of, share_of_wins
from .evaluation import baseline_file
from .metrics import METRICS, named_metric
from .params import PARAMS_FILE, read_parameters
from .slices import find_losses, find_slices, row_errors

if TYPE_CHECKING:
    from pathlib import Path

    from .champion import Version
    from .config import Config
    from .contract import Contract
    from .metrics import Metric
    from .params import Validation

MOST_SLICES = 3


@dataclass(frozen=True)
class Check:
    """One thing that a model has to pass, and what was found."""

    name: str
    passed: bool
    finding: str


def validate_model(config: Config) -> None:
    """Write reports/validation.json. A model that does not pass is no failure of the step: it is recorded, too."""
    champion = read_alias(config.root)
    folder = config.root / "models"
    checks = [*_own_checks(config, folder), *champion_checks(config, folder, champion), deployable(config, folder)]
    write_verdict(config, checks, champion)
    refused = [each for each in checks if not each.passed]
    print(f"refused: {refused[0].finding}" if refused else f"passed {len(checks)} checks")


def write_verdict(config: Config, checks: list[Check], champion: Version | None) -> None:
    content: dict[str, Any] = {
        "passed": all(each.passed for each in checks),
        "champion": None if champion is None else champion.number,
        "checks": [asdict(each) for each in checks],
    }
    write_json(content, config.reports / "validation.json")


def read_verdict(config: Config) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((config.reports / "validation.json").read_text(encoding="utf-8"))
    return content


def refusals_of(verdict: dict[str, Any]) -> list[str]:
    """Return what was found where a check was not passed."""
    return [f"{each['name']}: {each['finding']}" for each in verdict["checks"] if not each["passed"]]


def champion_checks(config: Config, folder: Path, champion: Version | None) -> list[Check]:
    """Compare the model in `folder` with the champion, on the test rows of the model."""
    if champion is None:
        return []
    contract = load_contract(config)
    outcomes, inputs = read_reference(folder)
    name = f"champion (version {champion.number})"
    try:
        other = outcomes_of(load_artifact(champion.folder, contract).scorer, inputs, outcomes["actual"])
    except InputError as error:
        # With other columns there is no common ground; targets, baseline and slices decide.
        return [Check(name, True, f"not comparable: {error}")]
    settings = read_parameters(config.root).validation
    metric = _metric(config, folder, contract)
    wins = share_of_wins(other, outcomes, metric, config.training.seed)
    mine, theirs = metric(outcomes), metric(other)
    finding = f"{metric.label} {mine:.4g}, champion {theirs:.4g}, which is better in {wins:.0%} of the resamples"
    return [
        Check(name, wins < settings.confidence, finding),
        _slice_check(f"slices beside {name}", config, contract, settings, outcomes, inputs, other),
    ]


def deployable(config: Config, folder: Path) -> Check:
    """Try the model in a second, clean environment that holds only what predicting needs."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    command = [sys.executable, "scripts/verify.py", "--models", str(folder)]
    result = subprocess.run(command, cwd=config.root, env=environment, capture_output=True, text=True, check=False)
    said = (result.stdout if result.returncode == 0 else result.stderr).strip().splitlines()
    return Check("clean environment", result.returncode == 0, said[-1] if said else f"exit code {result.returncode}")


def _own_checks(config: Config, folder: Path) -> list[Check]:
    """Judge the model by itself: baseline, targets, all rows, slices."""
    contract = load_contract(config)
    parameters = read_parameters(config.root)
    settings = parameters.validation
    outcomes, inputs = read_reference(folder)
    baseline = pd.read_parquet(baseline_file(config))
    metric = _metric(config, folder, contract)
    wins = share_of_wins(outcomes, baseline, metric, config.training.seed)
    finding = f"{metric.label} {metric(outcomes):.4g}, baseline {metric(baseline):.4g}, better in {wins:.0%}"
    checks = [Check("baseline", wins >= config.training.confidence, finding)]
    checks += target_checks(config, contract, settings, outcomes)
    if parameters.split.max_rows is not None:
        checks.append(Check("all rows", False, f"split.max_rows is {parameters.split.max_rows:,}"))
    return [*checks, _slice_check("slices beside baseline", config, contract, settings, outcomes, inputs, baseline)]


def target_checks(config: Config, contract: Contract, settings: Validation, outcomes: pd.DataFrame) -> list[Check]:
    known = [each.name for each in METRICS[config.project.task]]
    checks = []
    for name, target in settings.targets.items():
        if name not in known:
            raise InputError(f"{PARAMS_FILE}: validation.targets.{name} is no metric{did_you_mean(name, known)}.")
        metric = named_metric(config.project.task, name, contract.positive)
        value, higher = metric(outcomes), metric.higher_is_better
        passed = value >= target if higher else value <= target
        checks.append(Check(f"target {name}", passed, f"{value:.4g}, at {'least' if higher else 'most'} {target:g}"))
    return checks


def _slice_check(
    name: str,
    config: Config,
    contract: Contract,
    settings: Validation,
    outcomes: pd.DataFrame,
    inputs: pd.DataFrame,
    other: pd.DataFrame,
) -> Check:
    task, positive = config.project.task, contract.positive
    slices = find_slices(inputs, contract, settings.slices)
    errors, others = row_errors(outcomes, task, positive), row_errors(other, task, positive)
    losses = find_losses(errors, others, slices, settings.slices.drop)
    if not losses:
        return Check(name, True, f"none of {len(slices)} is surely worse")
    return Check(name, False, f"worse in {'; '.join(str(each) for each in losses[:MOST_SLICES])}")


def _metric(config: Config, folder: Path, contract: Contract) -> Metric:
    """Return the metric that decided in training: what suits all rows may not be what suits the test rows alone."""
    return named_metric(config.project.task, read_metrics(folder)["metric"], contract.positive)
