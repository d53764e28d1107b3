"""Where the service is deployed to, and what has to have happened before: deploy/NAME.yaml."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import yaml

from .errors import InputError, did_you_mean

if TYPE_CHECKING:
    from pathlib import Path

    from .config import Config

PRODUCTION = "production"


@dataclass(frozen=True)
class Environment:
    """One environment. The artifact comes `source`, another environment, or is built where that is None.

    `checks` are made of it before, `runs` have to have gone well in a row where it comes from, and a person has to
    have given an `approval`.
    """

    name: str
    port: int
    workers: int = 1
    source: str | None = None
    checks: bool = True
    runs: int = 0
    approval: bool = False


def environment_folder(config: Config, name: str) -> Path:
    """Return where a deployment is on this machine."""
    return config.root / "deployments" / name


def read_environment(config: Config, name: str) -> Environment:
    """Return what deploy/NAME.yaml says.

    Raises:
        InputError: there is no such environment, or a setting is wrong.
    """
    path = config.root / "deploy" / f"{name}.yaml"
    known = sorted(each.stem for each in path.parent.glob("*.yaml"))
    if name not in known:
        hint = did_you_mean(name, known)
        raise InputError(f'There is no environment "{name}"{hint}. There are {", ".join(known)}: make deploy ENV=test.')
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise InputError(f"deploy/{path.name} cannot be read: {error}") from error
    return _checked(path.name, name, content if isinstance(content, dict) else {}, known)


def _checked(file: str, name: str, content: dict[str, Any], known: list[str]) -> Environment:
    settings = {"source" if key == "from" else key: value for key, value in content.items()}
    names = [each.name for each in fields(Environment) if each.name != "name"]
    for key in settings:
        if key not in names:
            raise InputError(f"deploy/{file}: there is no setting {key}{did_you_mean(str(key), [*names, 'from'])}.")

    def expect(setting: str, valid: bool, expected: str) -> None:
        if not valid:
            shown = "from" if setting == "source" else setting
            raise InputError(f"deploy/{file}: {shown} is {settings.get(setting)!r}; expected {expected}.")

    expect("port", _is_count(settings.get("port"), 1024) and settings["port"] < 65000, "a port from 1024 to 64999")
    expect("workers", _is_count(settings.get("workers", 1), 1), "a whole number of at least 1")
    expect("runs", _is_count(settings.get("runs", 0), 0), "a whole number of at least 0")
    for setting in ("checks", "approval"):
        expect(setting, isinstance(settings.get(setting, False), bool), "true or false")
    source = settings.get("source")
    expect("source", source is None or (source in known and source != name), "null or another environment")
    return Environment(name=name, **settings)


def _is_count(value: object, least: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= least
