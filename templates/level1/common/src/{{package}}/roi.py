"""Return on investment: what predictions were worth, less what the model costs, from roi.yaml and the log.

    net value of a period = value of its predictions - their value without a model - running costs
    break-even            = cost of building / mean net value of a period

Only predictions whose outcome is known are counted, in periods where enough are (monitoring.min_coverage). What
roi.yaml leaves open is listed, never taken as 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from .artifact import read_metrics
from .contract import load_contract
from .errors import ERROR, OK, InputError, did_you_mean
from .log import find_log, read_log
from .outcomes import read_outcomes

if TYPE_CHECKING:
    import argparse

    import pandas as pd

    from .config import Config, Task

ROI_FILE = "roi.yaml"
VALUES = {
    "binary": ("true_positive", "false_positive", "false_negative", "true_negative"),
    "multiclass": ("right", "wrong"),
    "regression": ("per_prediction", "per_unit_of_error"),
}
SECTIONS = {
    "without_model": ("per_prediction",),
    "costs": ("build_hours", "hours_per_period", "hourly_rate", "compute_per_period", "licences_per_period"),
}


@dataclass(frozen=True)
class Return:
    """What one period brought. `net` is what is left of `value`."""

    period: str
    predictions: int
    labels: int
    value: float
    without_model: float
    costs: float

    @property
    def net(self) -> float:
        return self.value - self.without_model - self.costs


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--log", type=Path, help="prediction log (default: monitoring/predictions.sqlite)")
    parser.add_argument("--check", action="store_true", help="fail unless the model is known to pay for itself")


def run(config: Config, arguments: argparse.Namespace) -> int:
    items = read_items(config.root / ROI_FILE, config.project.task)
    missing = [name for name, value in items.items() if value is None]
    if missing:
        print(f"Verdict    INCOMPLETE: {ROI_FILE} does not say yet\n           " + "\n           ".join(missing))
        return ERROR if arguments.check else OK
    numbers = {name: float(value) for name, value in items.items() if value is not None}
    contract = load_contract(config)
    metrics = read_metrics(config.models)
    period = metrics["period"] if config.monitoring.period == "auto" else config.monitoring.period
    with read_log(find_log(config, arguments.log)) as connection:
        outcomes = read_outcomes(connection, contract, period)
    least = config.monitoring.min_coverage
    returns = [
        find_return(str(name), rows, numbers, config.project.task, contract.positive)
        for name, rows in outcomes.groupby("period")
        if rows["actual"].notna().mean() >= max(least, 1 / len(rows))
    ]
    if not returns:
        raise InputError(
            f"There is no period in which {least:.0%} of the outcomes are known (monitoring.min_coverage), so nothing "
            "can be valued yet. Run monitor with --actuals first."
        )
    print(_describe(returns, numbers["costs.build_hours"] * numbers["costs.hourly_rate"]))
    return ERROR if arguments.check and mean_net(returns) <= 0 else OK


def read_items(path: Path, task: Task) -> dict[str, float | None]:
    """Return every item of roi.yaml by its dotted name; None where it is still open.

    Raises:
        InputError: an item is unknown, or no number.
    """
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise InputError(f"There is no {path.name}.") from error
    except yaml.YAMLError as error:
        raise InputError(f"{path.name} cannot be read: {error}") from error
    if not isinstance(content, dict):
        raise InputError(f"{path.name} is empty.")
    expected = {"value": VALUES[task], **SECTIONS}
    _check_names(content, expected)
    return {
        f"{section}.{name}": _number((content.get(section) or {}).get(name), f"{section}.{name}")
        for section, names in expected.items()
        for name in names
    }


def find_return(period: str, rows: pd.DataFrame, items: dict[str, float], task: Task, positive: str | None) -> Return:
    """Value the predictions of one period whose outcome is known."""
    known = rows[rows["actual"].notna()]
    counts = _count(known, task, positive)
    running = items["costs.hours_per_period"] * items["costs.hourly_rate"]
    return Return(
        period,
        predictions=len(rows),
        labels=len(known),
        value=sum(items[f"value.{name}"] * count for name, count in counts.items()),
        without_model=items["without_model.per_prediction"] * len(known),
        costs=running + items["costs.compute_per_period"] + items["costs.licences_per_period"],
    )


def mean_net(returns: list[Return]) -> float:
    return sum(each.net for each in returns) / len(returns)


def _count(known: pd.DataFrame, task: Task, positive: str | None) -> dict[str, float]:
    """Return how often each item of value occurred; for a number, the sum of the absolute errors."""
    if task == "regression":
        errors = (known["actual"].astype(float) - known["prediction"].astype(float)).abs()
        return {"per_prediction": len(known), "per_unit_of_error": float(errors.sum())}
    if task == "multiclass":
        right = int((known["actual"] == known["prediction"]).sum())
        return {"right": right, "wrong": len(known) - right}
    actual, predicted = known["actual"] == positive, known["prediction"] == positive
    return {
        "true_positive": int((actual & predicted).sum()),
        "false_positive": int((~actual & predicted).sum()),
        "false_negative": int((actual & ~predicted).sum()),
        "true_negative": int((~actual & ~predicted).sum()),
    }


def _describe(returns: list[Return], investment: float) -> str:
    lines = [
        f"{each.period:<10} net {each.net:,.2f} = value {each.value:,.2f} - without model {each.without_model:,.2f} "
        f"- costs {each.costs:,.2f}  ({each.labels:,} of {each.predictions:,} predictions known)"
        for each in returns
    ]
    net = mean_net(returns)
    lines.append(f"Mean       {net:,.2f} a period; building it cost {investment:,.2f}")
    if net > 0:
        lines.append(f"Verdict    EARNS: it has paid for itself after {investment / net:,.1f} periods")
    else:
        lines.append("Verdict    LOSES: at this rate it never pays for itself")
    return "\n".join(lines)


def _check_names(content: dict[str, Any], expected: dict[str, tuple[str, ...]]) -> None:
    for section, entries in content.items():
        if section == "currency":
            continue
        if section not in expected:
            raise InputError(f'{ROI_FILE}: there is no section "{section}"{did_you_mean(str(section), expected)}.')
        for name in entries or {}:
            if name not in expected[section]:
                hint = did_you_mean(str(name), expected[section])
                raise InputError(f"{ROI_FILE}: there is no item {section}.{name}{hint}.")


def _number(value: object, name: str) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise InputError(f"{ROI_FILE}: {name} is {value!r}; expected a number, or null while it is not known.")
    return float(value)
