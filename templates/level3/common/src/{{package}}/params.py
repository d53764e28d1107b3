"""What the training pipeline is told: params.yaml, changed by environments/NAME.yaml."""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass, field, fields, is_dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar

import yaml

from .errors import InputError, did_you_mean
from .table import replacing

if TYPE_CHECKING:
    from pathlib import Path

    from .config import Config

PARAMS_FILE = "params.yaml"
DEFAULT_ENVIRONMENT = "prod"
# Set while a step of the pipeline runs.
IN_STEP = "PIPELINE_STEP"


@dataclass(frozen=True)
class SplitParameters:
    max_rows: int | None = None


@dataclass(frozen=True)
class Slices:
    """Which groups of rows are looked at, and from which relative loss on they count."""

    min_rows: int = 50
    max_values: int = 20
    drop: float = 0.05


@dataclass(frozen=True)
class Validation:
    """What a model has to pass."""

    targets: dict[str, float] = field(default_factory=dict)
    confidence: float = 0.9
    slices: Slices = field(default_factory=Slices)


@dataclass(frozen=True)
class Code:
    allow_dirty: bool = True


@dataclass(frozen=True)
class Resources:
    """What the machine has to have; memory in GB of 10^9 bytes."""

    cpus: int = 1
    memory_gb: float = 1.0


@dataclass(frozen=True)
class Tuning:
    trials: int = 20
    folds: int = 3
    space: dict[str, dict[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class Parameters:
    """All of params.yaml. `model` replaces fields of HYPERPARAMETERS in model.py."""

    model: dict[str, Any] = field(default_factory=dict)
    split: SplitParameters = field(default_factory=SplitParameters)
    validation: Validation = field(default_factory=Validation)
    code: Code = field(default_factory=Code)
    resources: Resources = field(default_factory=Resources)
    tuning: Tuning = field(default_factory=Tuning)


def effective_file(root: Path) -> Path:
    """Return the file that holds the parameters of this run of the pipeline, those of its environment taken in."""
    return root / ".pipeline" / PARAMS_FILE


def read_parameters(root: Path) -> Parameters:
    """Return the parameters of params.yaml; in a step of the pipeline, those of the environment that it runs in.

    Raises:
        InputError: there is a parameter that nobody knows, or one of another kind.
    """
    path = effective_file(root) if IN_STEP in os.environ else root / PARAMS_FILE
    return _read(Parameters, _load(path), "")


def choose_environment(root: Path, name: str) -> Parameters:
    """Write the parameters that an environment has to where the steps of the pipeline read them.

    Raises:
        InputError: there is no such environment, or a parameter is wrong.
    """
    overlay = root / "environments" / f"{name}.yaml"
    if not overlay.is_file():
        known = sorted(path.stem for path in overlay.parent.glob("*.yaml"))
        raise InputError(f'There is no environment "{name}"{did_you_mean(name, known)}: {overlay.parent} has {known}.')
    merged = _merge(_load(root / PARAMS_FILE), _load(overlay))
    parameters = _read(Parameters, merged, "")
    text = yaml.safe_dump(asdict(parameters), sort_keys=False, allow_unicode=True)
    path = effective_file(root)
    if not path.is_file() or path.read_text(encoding="utf-8") != text:
        with replacing(path) as temporary:
            temporary.write_text(text, encoding="utf-8")
    return parameters


def use_hyperparameters(config: Config, values: dict[str, Any] | None = None) -> None:
    """Let model.py train with the section `model` of the parameters, or with `values`.

    Raises:
        InputError: model.py has no such hyperparameter.
    """
    from . import model

    values = read_parameters(config.root).model if values is None else values
    # What model.py itself says is kept there, for the next time that other values are wanted.
    given = vars(model).setdefault("_GIVEN_HYPERPARAMETERS", getattr(model, "HYPERPARAMETERS", None))
    if not is_dataclass(given):
        if values:
            raise InputError(f"{PARAMS_FILE} sets model, but model.py has no HYPERPARAMETERS to replace.")
        return
    known = [each.name for each in fields(given)]
    for name in values:
        if name not in known:
            raise InputError(
                f"{PARAMS_FILE}: model.{name} is no hyperparameter of model.py{did_you_mean(name, known)}."
            )
    vars(model)["HYPERPARAMETERS"] = replace(given, **values)  # type: ignore[type-var]


def has_hyperparameter(name: str) -> bool:
    """Return whether model.py has a hyperparameter that can be replaced. Yours may have others, or none."""
    from . import model

    given = getattr(model, "HYPERPARAMETERS", None)
    return is_dataclass(given) and name in {each.name for each in fields(given)}


def _load(path: Path) -> dict[str, Any]:
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8")) if path.is_file() else {}
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise InputError(f"{path.name} cannot be read: {error}") from error
    if not isinstance(content or {}, dict):
        raise InputError(f"{path.name} must hold parameters, not {content!r}.")
    return content or {}


def _merge(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    merged = dict(below)
    for key, value in above.items():
        both = isinstance(value, dict) and isinstance(below.get(key), dict)
        merged[key] = _merge(below[key], value) if both else value
    return merged


Kind = TypeVar("Kind")


def _read(kind: type[Kind], values: Any, where: str) -> Kind:
    if not isinstance(values, dict):
        raise InputError(f"{PARAMS_FILE}: {where or 'it'} must hold parameters, not {values!r}.")
    known = {each.name: each for each in fields(kind)}  # type: ignore[arg-type]
    read: dict[str, Any] = {}
    for key, value in values.items():
        name = f"{where}.{key}" if where else str(key)
        if key not in known:
            raise InputError(f"{PARAMS_FILE}: there is no parameter {name}{did_you_mean(str(key), known)}.")
        default = getattr(kind(), key)
        read[key] = _read(type(default), value, name) if is_dataclass(default) else _check(value, default, name)
    return kind(**read)


def _check(value: Any, default: Any, name: str) -> Any:
    """Return a value if it is of the kind of the default; whole numbers are numbers, too."""
    if default is None:
        is_valid = value is None or (isinstance(value, int) and not isinstance(value, bool) and value > 0)
        expected = "a whole number, or null"
    elif isinstance(default, (bool, dict)):
        is_valid, expected = isinstance(value, type(default)), f"of the kind of {default!r}"
    else:
        is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
        is_valid = is_number and value >= 0 and (isinstance(default, float) or isinstance(value, int))
        expected = "a number of at least 0" if isinstance(default, float) else "a whole number of at least 0"
    if not is_valid:
        raise InputError(f"{PARAMS_FILE}: {name} is {value!r}; expected {expected}.")
    return value
