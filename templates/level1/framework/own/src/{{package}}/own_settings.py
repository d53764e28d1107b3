"""How your own code is called: the section `own` of mlops.yaml, read and checked."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from .config import SETTINGS_FILE
from .errors import InputError, did_you_mean

if TYPE_CHECKING:
    from .config import Config

REQUIRED = ("train", "data", "model", "code")
LISTS = ("code", "requirements")


@dataclass(frozen=True)
class OwnSettings:
    """The section `own`. Paths are relative to `root`, which is relative to mlops.yaml."""

    train: str
    data: str
    model: str
    code: tuple[str, ...]
    root: str = "."
    predict: str | None = None
    features: str | None = None
    predictions: str | None = None
    python: str | None = None
    requirements: tuple[str, ...] = ()
    fill_up: bool = False


def read_own(config: Config) -> OwnSettings:
    """Read the section `own`.

    Raises:
        InputError: a setting is missing, unknown, or of another kind; the message names it.
    """
    section = config.sections.get("own")
    if not isinstance(section, dict):
        raise InputError(f"{SETTINGS_FILE}: the section own, which says how your code trains and predicts, is missing.")
    known = [field.name for field in fields(OwnSettings)]
    for name, value in section.items():
        if name not in known:
            raise InputError(f"{SETTINGS_FILE}: there is no setting own.{name}{did_you_mean(str(name), known)}.")
        _check(str(name), value)
    for name in REQUIRED:
        if not section.get(name):
            raise InputError(f"{SETTINGS_FILE}: own.{name} is missing.")
    values = {name: value for name, value in section.items() if value is not None}
    settings = OwnSettings(**{name: tuple(value) if name in LISTS else value for name, value in values.items()})
    _check_files(config, settings)
    return settings


def _check(name: str, value: Any) -> None:
    if name == "fill_up":
        is_valid, expected = isinstance(value, bool), "true or false"
    elif name in LISTS:
        is_valid = value is None or (isinstance(value, list) and all(isinstance(each, str) for each in value))
        expected = "a list of paths"
    else:
        is_valid, expected = value is None or (isinstance(value, str) and value.strip() != ""), "text, or null"
    if not is_valid:
        raise InputError(f"{SETTINGS_FILE}: own.{name} is {value!r}; expected {expected}.")


def _check_files(config: Config, settings: OwnSettings) -> None:
    root = config.root / settings.root
    for path in settings.code:
        if not (root / path).exists():
            raise InputError(f"{SETTINGS_FILE}: own.code names {path}, and there is no {root.resolve() / path}.")
    for name in ("data", "model"):
        path = getattr(settings, name)
        if not (root / path).resolve().is_relative_to(root.resolve()):
            raise InputError(f"{SETTINGS_FILE}: own.{name} is {path!r}; expected a path below {root.resolve()}.")
