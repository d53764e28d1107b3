"""Further sections of mlops.yaml, each read into a dataclass and checked."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any, TypeVar

from .config import SETTINGS_FILE
from .errors import InputError, did_you_mean

if TYPE_CHECKING:
    from .config import Config

Settings = TypeVar("Settings")


def read_settings(config: Config, section: str, kind: type[Settings]) -> Settings:
    """Return a section of mlops.yaml as `kind`, a dataclass whose defaults stand for what is not given.

    Raises:
        InputError: there is a setting that `kind` does not know, or one without a default is missing.
    """
    values: Any = config.sections.get(section) or {}
    known = [field.name for field in fields(kind)]  # type: ignore[arg-type]
    if not isinstance(values, dict):
        raise InputError(f"{SETTINGS_FILE}: {section} must hold settings, not {values!r}.")
    for key in values:
        if key not in known:
            hint = did_you_mean(str(key), known)
            raise InputError(f"{SETTINGS_FILE}: there is no setting {section}.{key}{hint}.")
    try:
        return kind(**values)
    except TypeError as error:
        raise InputError(f"{SETTINGS_FILE}: {section} is incomplete: {error}.") from error


def expect(condition: bool, setting: str, value: object, expected: str) -> None:
    """Raise an InputError that names the setting unless the condition holds."""
    if not condition:
        raise InputError(f"{SETTINGS_FILE}: {setting} is {value!r}; expected {expected}.")


def is_number(value: object, low: float, high: float) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and low <= value <= high
