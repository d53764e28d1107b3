"""What each period brought, where roi.yaml says what predictions are worth."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .artifact import read_metrics
from .contract import load_contract
from .errors import InputError
from .log import read_log
from .outcomes import read_outcomes
from .roi import ROI_FILE, find_return, read_items

if TYPE_CHECKING:
    from .config import Config
    from .roi import Return


def returns_by_period(config: Config) -> list[Return]:
    """Return what the periods brought whose outcomes are known well enough; none while roi.yaml is incomplete."""
    if not config.prediction_log.is_file():
        return []
    try:
        items = read_items(config.root / ROI_FILE, config.project.task)
    except InputError:
        return []
    numbers = {name: float(value) for name, value in items.items() if value is not None}
    if len(numbers) < len(items):
        return []
    contract, facts = load_contract(config), read_metrics(config.models)
    period = facts["period"] if config.monitoring.period == "auto" else config.monitoring.period
    with read_log(config.prediction_log) as connection:
        outcomes = read_outcomes(connection, contract, period)
    least = config.monitoring.min_coverage
    return [
        find_return(str(name), rows, numbers, config.project.task, contract.positive)
        for name, rows in outcomes.groupby("period")
        if rows["actual"].notna().mean() >= max(least, 1 / len(rows))
    ]


def currency(config: Config) -> str:
    """Return the currency of roi.yaml, or nothing where it names none."""
    import yaml

    path = config.root / ROI_FILE
    content = yaml.safe_load(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return str((content or {}).get("currency") or "")
