"""The project's settings: mlops.yaml, read once and checked."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Literal, TypeVar

import yaml

# slot: imports
from .errors import InputError, did_you_mean

Task = Literal["binary", "multiclass", "regression"]

SETTINGS_FILE = "mlops.yaml"
TASKS = ("binary", "multiclass", "regression")
PERIODS = ("auto", "day", "week", "month", "quarter", "year")


@dataclass(frozen=True)
class Project:
    """What the project is about."""

    name: str
    package: str
    task: Task
    target: str
    time: str | None = None


@dataclass(frozen=True)
class Training:
    """How the model is trained and judged. Shares are between 0 and 1."""

    seed: int = 0
    threads: int = 1
    test_share: float = 0.2
    validation_share: float = 0.2
    metric: str = "auto"
    threshold: float | str = "auto"
    confidence: float = 0.95


@dataclass(frozen=True)
class Monitoring:
    """When a period counts as good, bad or unknown."""

    period: str = "auto"
    sigma: float = 3.0
    min_labels: int = 50
    min_coverage: float = 0.5
    waiting_periods: int = 1


@dataclass(frozen=True)
class Config:
    """All settings, and where things are. `sections` holds mlops.yaml as it was read."""

    root: Path
    project: Project
    training: Training
    monitoring: Monitoring
    sections: dict[str, Any]

    @property
    def models(self) -> Path:
        # slot: models
        return self.root / "models"

    @property
    def reports(self) -> Path:
        return self.root / "reports"

    @property
    def examples(self) -> Path:
        return self.root / "examples"

    @property
    def prediction_log(self) -> Path:
        return self.root / "monitoring" / "predictions.sqlite"

    def relative(self, path: Path) -> Path:
        """Return a path as people write it inside the project."""
        absolute = path.resolve()
        return absolute.relative_to(self.root) if absolute.is_relative_to(self.root) else path


def load_config(start: Path | None = None) -> Config:
    """Read mlops.yaml from `start` (by default the working directory) or the nearest folder above it.

    Raises:
        InputError: there is no mlops.yaml, or a setting in it is wrong; the message names it.
    """
    root = _find_root((start or Path.cwd()).resolve())
    sections = _read_yaml(root / SETTINGS_FILE)
    project = _section(Project, sections, "project")
    training = _section(Training, sections, "training")
    monitoring = _section(Monitoring, sections, "monitoring")
    _check_project(project)
    _check_training(training)
    _check_monitoring(monitoring)
    return Config(root, project, training, monitoring, sections)


def _find_root(start: Path) -> Path:
    for folder in (start, *start.parents):
        if (folder / SETTINGS_FILE).is_file():
            return folder
    raise InputError(f"No {SETTINGS_FILE} in {start} or above it. Run this inside the project's folder.")


def _read_yaml(path: Path) -> dict[str, Any]:
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise InputError(f"{path.name} cannot be read: {error}") from error
    if not isinstance(content, dict):
        raise InputError(f"{path.name} has no settings.")
    return content


Section = TypeVar("Section", Project, Training, Monitoring)


def _section(kind: type[Section], sections: dict[str, Any], name: str) -> Section:
    values = sections.get(name) or {}
    if not isinstance(values, dict):
        raise InputError(f"{SETTINGS_FILE}: {name} must hold settings, not {values!r}.")
    known = [field.name for field in fields(kind)]
    for key in values:
        if key not in known:
            hint = did_you_mean(str(key), known)
            raise InputError(f"{SETTINGS_FILE}: there is no setting {name}.{key}{hint}.")
    try:
        return kind(**values)
    except TypeError as error:
        raise InputError(f"{SETTINGS_FILE}: {name} is incomplete: {error}.") from error


def _check_project(project: Project) -> None:
    _expect(project.task in TASKS, "project.task", project.task, f"one of {', '.join(TASKS)}")
    _expect(_is_text(project.target), "project.target", project.target, "the name of a column")
    time = project.time
    _expect(time is None or _is_text(time), "project.time", time, "the name of a column, or null")


def _check_training(training: Training) -> None:
    for name in ("test_share", "validation_share"):
        share = getattr(training, name)
        _expect(_within(share, 0.01, 0.8), f"training.{name}", share, "a number from 0.01 to 0.8")
    for name, least in (("seed", 0), ("threads", 1)):
        _expect_count(f"training.{name}", getattr(training, name), least)
    confidence = training.confidence
    _expect(_within(confidence, 0.5, 1), "training.confidence", confidence, "a number from 0.5 to 1")
    threshold = training.threshold
    is_valid = threshold == "auto" or _within(threshold, 0, 1)
    _expect(is_valid, "training.threshold", threshold, "auto, or a number from 0 to 1")


def _check_monitoring(monitoring: Monitoring) -> None:
    period = monitoring.period
    _expect(period in PERIODS, "monitoring.period", period, f"one of {', '.join(PERIODS)}")
    sigma = monitoring.sigma
    _expect(_within(sigma, 0.1, 100), "monitoring.sigma", sigma, "a number from 0.1 to 100")
    for name, least in (("min_labels", 1), ("waiting_periods", 0)):
        _expect_count(f"monitoring.{name}", getattr(monitoring, name), least)
    coverage = monitoring.min_coverage
    _expect(_within(coverage, 0, 1), "monitoring.min_coverage", coverage, "a number from 0 to 1")


def _expect(condition: bool, setting: str, value: object, expected: str) -> None:
    if not condition:
        raise InputError(f"{SETTINGS_FILE}: {setting} is {value!r}; expected {expected}.")


def _expect_count(setting: str, value: object, least: int) -> None:
    is_valid = isinstance(value, int) and not isinstance(value, bool) and value >= least
    _expect(is_valid, setting, value, f"a whole number of at least {least}")


def _is_text(value: object) -> bool:
    return isinstance(value, str) and value != ""


def _within(value: object, low: float, high: float) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and low <= value <= high
