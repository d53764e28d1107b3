"""How your own code is called: the section `own` of mlops.yaml, read and checked."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .errors import InputError, did_you_mean

if TYPE_CHECKING:
    from .config import Config

SETTINGS_FILE = "mlops.yaml"
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
    reads: str | None = None
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
    values: dict[str, Any] = {name: value for name, value in section.items() if value is not None}
    values |= {name: tuple(values[name]) for name in LISTS if name in values}
    settings = OwnSettings(**values)
    _check_files(config, settings)
    return settings


def project_folder(start: Path) -> Path:
    """Return the folder of this project: where its package lies, or else the nearest one above `start`.

    A copy of mlops.yaml in another folder, as the tests have it, still means the code that lies beside the project.
    """
    for folder in (Path(__file__).resolve().parents[2], start, *start.parents):
        if (folder / SETTINGS_FILE).is_file():
            return folder
    return start


def own_root(config: Config, settings: OwnSettings) -> Path:
    """Return the folder that your code lies in."""
    return (project_folder(config.root) / settings.root).resolve()


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
    root = own_root(config, settings)
    for path in settings.code:
        if not (root / path).exists():
            raise InputError(f"{SETTINGS_FILE}: own.code names {path}, and there is no {root / path}.")
    for name in ("data", "model"):
        path = getattr(settings, name)
        if not (root / path).resolve().is_relative_to(root):
            raise InputError(f"{SETTINGS_FILE}: own.{name} is {path!r}; expected a path below {root}.")
