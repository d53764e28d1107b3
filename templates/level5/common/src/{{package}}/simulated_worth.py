"""What predictions are worth in a simulated world: as roi.yaml says it, or about one unit of money each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from .roi import ROI_FILE, VALUES, read_items

if TYPE_CHECKING:
    from .config import Config

HOURLY_RATE = 50.0


def write_roi(config: Config, inside: Config, usual_error: float) -> dict[str, float]:
    """Write roi.yaml of a simulated world, and return all its items.

    Args:
        config: the project
        inside: the world
        usual_error: what one and the same prediction for all rows misses a number by
    """
    task = config.project.task
    items = read_items(config.root / ROI_FILE, task)
    needed = [*(f"value.{name}" for name in VALUES[task]), "costs.hourly_rate"]
    values = {name: items[name] for name in needed}
    if any(value is None for value in values.values()):
        assumed: dict[str, dict[str, float]] = {
            "binary": {"true_positive": 1, "false_positive": -1, "false_negative": -1, "true_negative": 1},
            "multiclass": {"right": 1, "wrong": -1},
            "regression": {"per_prediction": 0, "per_unit_of_error": -1 / usual_error},
        }
        values = {f"value.{name}": value for name, value in assumed[task].items()}
        values["costs.hourly_rate"] = HOURLY_RATE
    content: dict[str, dict[str, Any]] = {}
    for name, value in values.items():
        section, item = name.split(".")
        content.setdefault(section, {})[item] = value
    (inside.root / ROI_FILE).write_text(yaml.safe_dump(content), encoding="utf-8")
    return {name: values.get(name) or 0.0 for name in items}
