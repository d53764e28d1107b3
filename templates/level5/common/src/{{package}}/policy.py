"""policy.yaml: the numbers by which the controller decides, read and checked."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field, fields, is_dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import yaml

from .causes import ADVICE
from .errors import InputError, did_you_mean
from .settings import is_number

if TYPE_CHECKING:
    from .config import Config

POLICY_FILE = "policy.yaml"
EVENTS_FILE = "events.yaml"
MODES = ("recommend", "act")
DATA_KINDS = ("tabular", "images", "text")


@dataclass(frozen=True)
class Timing:
    cooldown_days: float = 7
    cooldown_maturities: float = 1


@dataclass(frozen=True)
class Signal:
    bad_windows: int = 3
    of_windows: int = 5
    min_rows: int = 50


@dataclass(frozen=True)
class Labels:
    maturity_quantile: float = 0.95
    min_coverage: float = 0.8
    max_age_days: float = 60
    max_selection_auc: float = 0.65


@dataclass(frozen=True)
class Cause:
    retrain_on: tuple[str, ...] = ("covariate drift", "concept drift")
    event_days: float = 7
    max_overruled: float = 0.01


@dataclass(frozen=True)
class Freshness:
    """`inputs` holds the days for which an input may keep one value, by its name.

    `source_days` are those within which a source must have delivered something new; None: it is not watched.
    """

    inputs: dict[str, float] = field(default_factory=dict)
    source_days: float | None = None


@dataclass(frozen=True)
class Training:
    min_new_labels: int = 1000
    min_new_share: float = 0.1
    max_broken: float = 0.01
    max_repeated: float = 0.01


@dataclass(frozen=True)
class Money:
    gain_per_cost: float = 2
    horizon_days: float = 90
    compute: float = 5
    data: float = 0
    labelling: float = 0
    validation_hours: float = 2
    people_hours: float = 2
    rollout_hours: float = 2
    budget_per_month: float = 2000
    max_runs_per_month: int = 4

    def cost(self, hourly_rate: float) -> float:
        """Return what one retraining costs."""
        hours = self.validation_hours + self.people_hours + self.rollout_hours
        return self.compute + self.data + self.labelling + hours * hourly_rate


@dataclass(frozen=True)
class Challenger:
    min_gain: float = 0.01
    confidence: float = 0.95
    max_old_loss: float = 0.02
    max_slice_loss: float = 0.03
    max_calibration_loss: float = 0.02
    min_value_gain: float = 0.0
    max_size_ratio: float = 10
    max_latency_ratio: float = 5


@dataclass(frozen=True)
class Shadow:
    rows: int = 500
    hours: float = 24


@dataclass(frozen=True)
class CanaryHold:
    hours: float = 24


@dataclass(frozen=True)
class Rollback:
    drill_days: float = 30
    watch_days: float = 30


@dataclass(frozen=True)
class Policy:
    """All of policy.yaml; defaults stand for what it leaves open."""

    mode: str = "recommend"
    data_kind: str = "tabular"
    timing: Timing = field(default_factory=Timing)
    signal: Signal = field(default_factory=Signal)
    labels: Labels = field(default_factory=Labels)
    cause: Cause = field(default_factory=Cause)
    freshness: Freshness = field(default_factory=Freshness)
    training: Training = field(default_factory=Training)
    money: Money = field(default_factory=Money)
    challenger: Challenger = field(default_factory=Challenger)
    shadow: Shadow = field(default_factory=Shadow)
    canary: CanaryHold = field(default_factory=CanaryHold)
    rollback: Rollback = field(default_factory=Rollback)

    @property
    def version(self) -> str:
        """What identifies these numbers: any change of one makes another version."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()[:12]

    @property
    def acts(self) -> bool:
        return self.mode == "act" and self.data_kind == "tabular"


@dataclass(frozen=True)
class Event:
    """Something that people know has changed."""

    at: date
    what: str


MOST = 1e12
# What a number may be, by its dotted name; any other is a number of at least 0.
BOUNDS: dict[str, tuple[float, float]] = {
    "signal.bad_windows": (1, MOST),
    "signal.of_windows": (1, MOST),
    "signal.min_rows": (1, MOST),
    "labels.maturity_quantile": (0.5, 1),
    "labels.min_coverage": (0, 1),
    "labels.max_selection_auc": (0.5, 1),
    "cause.max_overruled": (0, 1),
    "training.max_broken": (0, 1),
    "training.max_repeated": (0, 1),
    "challenger.confidence": (0.5, 0.9999),
    "challenger.max_size_ratio": (1, MOST),
    "challenger.max_latency_ratio": (1, MOST),
}


def read_policy(config: Config) -> Policy:
    """Return what policy.yaml says.

    Raises:
        InputError: a setting is unknown or wrong; the message names it.
    """
    content = _read(config, POLICY_FILE)
    defaults = Policy()
    values: dict[str, Any] = {}
    for name, value in _known(defaults, content, "").items():
        default: Any = getattr(defaults, name)
        if is_dataclass(default):
            kind: Any = type(default)
            values[name] = kind(**_section(default, value, name))
        else:
            values[name] = value
    policy = Policy(**values)
    _expect(policy.mode in MODES, "mode", policy.mode, " or ".join(MODES))
    _expect(policy.data_kind in DATA_KINDS, "data_kind", policy.data_kind, ", ".join(DATA_KINDS))
    signal = policy.signal
    at_most = f"a whole number of at most signal.of_windows, {signal.of_windows}"
    _expect(signal.bad_windows <= signal.of_windows, "signal.bad_windows", signal.bad_windows, at_most)
    return policy


def read_events(config: Config) -> list[Event]:
    """Return the events of events.yaml, the oldest first.

    Raises:
        InputError: an entry is no event.
    """
    events = []
    for entry in _read(config, EVENTS_FILE).get("events") or []:
        if not isinstance(entry, dict) or set(entry) != {"at", "what"} or not isinstance(entry["at"], date):
            raise InputError(f"{EVENTS_FILE}: {entry!r} is no event; expected at: a date, and what: has happened.")
        events.append(Event(entry["at"], str(entry["what"])))
    return sorted(events, key=lambda event: event.at)


def _read(config: Config, name: str) -> dict[str, Any]:
    path = config.root / name
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8")) if path.is_file() else {}
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise InputError(f"{name} cannot be read: {error}") from error
    if not isinstance(content or {}, dict):
        raise InputError(f"{name} must hold settings, not {content!r}.")
    return content or {}


def _section(default: Any, content: Any, section: str) -> dict[str, Any]:
    values = _known(default, content, f"{section}.")
    wholes = [each.name for each in fields(default) if each.type == "int"]
    for name, value in values.items():
        setting = f"{section}.{name}"
        if setting == "cause.retrain_on":
            _check_causes(value)
            values[name] = tuple(value)
            continue
        if setting == "freshness.inputs":
            _check_days(setting, value)
            values[name] = dict(value)
            continue
        if setting == "freshness.source_days" and value is None:
            continue
        low, high = BOUNDS.get(setting, (0, MOST))
        is_whole = name in wholes
        valid = is_number(value, low, high) and (not is_whole or isinstance(value, int))
        kind = "a whole number" if is_whole else "a number"
        expected = f"{kind} of at least {low:g}" if high == MOST else f"{kind} from {low:g} to {high:g}"
        _expect(valid, setting, value, expected)
    return values


def _check_causes(value: Any) -> None:
    names = list(ADVICE)
    _expect(isinstance(value, list), "cause.retrain_on", value, "a list of causes")
    for name in value:
        hint = did_you_mean(str(name), names)
        _expect(name in names, "cause.retrain_on", name, f"causes of make diagnose{hint}")


def _check_days(setting: str, value: Any) -> None:
    _expect(isinstance(value, dict), setting, value, "days by the names of inputs")
    for name, days in value.items():
        _expect(is_number(days, 0, MOST), f"{setting}.{name}", days, "a number of at least 0")


def _known(default: Any, content: Any, prefix: str) -> dict[str, Any]:
    if content is None:
        return {}
    if not isinstance(content, dict):
        raise InputError(f"{POLICY_FILE}: {prefix.rstrip('.') or 'it'} must hold settings, not {content!r}.")
    names = [each.name for each in fields(default)]
    for name in content:
        if name not in names:
            hint = did_you_mean(str(name), names)
            raise InputError(f"{POLICY_FILE}: there is no setting {prefix}{name}{hint}.")
    return dict(content)


def _expect(condition: bool, setting: str, value: object, expected: str) -> None:
    if not condition:
        raise InputError(f"{POLICY_FILE}: {setting} is {value!r}; expected {expected}.")
