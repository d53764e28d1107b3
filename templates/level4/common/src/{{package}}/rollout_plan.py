"""How a version comes into use beside the champion, as rollout.yaml says it."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, TypeVar

import yaml

from .contract import load_contract
from .errors import InputError, did_you_mean
from .settings import is_number

if TYPE_CHECKING:
    from .config import Config

PLAN_FILE = "rollout.yaml"
REGRESSION_METRICS = ("absolute_error", "squared_error")
CLASS_METRICS = ("wrong", "brier", "log_loss")


@dataclass(frozen=True)
class Canary:
    """Percent of the keys that the candidate answers, step by step."""

    steps: tuple[float, ...] = (1, 5, 25, 100)


@dataclass(frozen=True)
class Guards:
    """When a candidate is stopped. Latencies in milliseconds."""

    min_answers: int = 100
    max_error_rate: float = 0.01
    max_latency_ratio: float = 3.0
    latency_floor_ms: float = 20.0
    timeout_ms: float = 1000.0
    max_score_distance: float = 0.2


@dataclass(frozen=True)
class Experiment:
    """What an A/B test decides by. `sample_size` counts keys with a known outcome, of both versions together."""

    metric: str | None = None
    sample_size: int | None = None
    confidence: float = 0.95
    percent: float = 50


@dataclass(frozen=True)
class Plan:
    key: str | None = None
    canary: Canary = field(default_factory=Canary)
    guards: Guards = field(default_factory=Guards)
    experiment: Experiment = field(default_factory=Experiment)


def read_plan(config: Config) -> Plan:
    """Return what rollout.yaml says; defaults stand for what it leaves open.

    Raises:
        InputError: a setting is unknown or wrong; the message names it.
    """
    path = config.root / PLAN_FILE
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8")) if path.is_file() else {}
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise InputError(f"{PLAN_FILE} cannot be read: {error}") from error
    known = _known(Plan, content, "")
    guards = _section(Guards, known, "guards")
    experiment = _section(Experiment, known, "experiment")
    steps = tuple(_known(Canary, known.get("canary"), "canary.").get("steps", Canary.steps))
    _check_key(config, known.get("key"))
    _check_steps(steps)
    _check_guards(guards)
    _check_experiment(config, experiment)
    return Plan(known.get("key"), Canary(steps), guards, experiment)


Section = TypeVar("Section", Guards, Experiment)


def _section(kind: type[Section], content: dict[str, Any], name: str) -> Section:
    return kind(**_known(kind, content.get(name), f"{name}."))


def _known(kind: type[Any], content: Any, prefix: str) -> dict[str, Any]:
    if content is None:
        return {}
    if not isinstance(content, dict):
        raise InputError(f"{PLAN_FILE}: {prefix.rstrip('.') or 'it'} must hold settings, not {content!r}.")
    names = [each.name for each in fields(kind)]
    for name in content:
        if name not in names:
            hint = did_you_mean(str(name), names)
            raise InputError(f"{PLAN_FILE}: there is no setting {prefix}{name}{hint}.")
    return content


def _check_key(config: Config, key: Any) -> None:
    names = [column.name for column in load_contract(config).required]
    if key is not None and key not in names:
        hint = did_you_mean(str(key), names)
        _expect(False, "key", key, f"null, or a column that requests hold{hint}")


def _check_steps(steps: tuple[Any, ...]) -> None:
    valid = bool(steps) and all(is_number(step, 0.01, 100) for step in steps)
    rising = valid and list(steps) == sorted(set(steps)) and steps[-1] == 100
    _expect(rising, "canary.steps", list(steps), "rising percentages, the last of which is 100")


def _check_guards(guards: Guards) -> None:
    _expect(_is_count(guards.min_answers), "guards.min_answers", guards.min_answers, "a whole number of at least 1")
    _expect(is_number(guards.timeout_ms, 1, 60_000), "guards.timeout_ms", guards.timeout_ms, "a number from 1 to 60000")
    for name, high in (
        ("max_error_rate", 1),
        ("max_latency_ratio", 1000),
        ("latency_floor_ms", 60_000),
        ("max_score_distance", 1),
    ):
        value = getattr(guards, name)
        _expect(is_number(value, 0, high), f"guards.{name}", value, f"a number from 0 to {high}")


def _check_experiment(config: Config, experiment: Experiment) -> None:
    metrics = REGRESSION_METRICS if config.project.task == "regression" else CLASS_METRICS
    metric, size = experiment.metric, experiment.sample_size
    _expect(metric is None or metric in metrics, "experiment.metric", metric, f"null or one of {', '.join(metrics)}")
    valid_size = size is None or (_is_count(size) and size >= 100)
    _expect(valid_size, "experiment.sample_size", size, "null or a whole number of at least 100")
    confidence, percent = experiment.confidence, experiment.percent
    _expect(is_number(confidence, 0.5, 0.9999), "experiment.confidence", confidence, "a number from 0.5 to 0.9999")
    _expect(is_number(percent, 1, 99), "experiment.percent", percent, "a number from 1 to 99")


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 1


def _expect(condition: bool, setting: str, value: object, expected: str) -> None:
    if not condition:
        raise InputError(f"{PLAN_FILE}: {setting} is {value!r}; expected {expected}.")
