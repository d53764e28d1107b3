"""The model registry: versions of the model, and the aliases champion (in use) and challenger (the best candidate).

versions(config)                    every version, the newest first
resolve(config, "3" | "champion")   a version with its files on this machine, in models/versions/3
champion(config), challenger(config)  the same for an alias, or None; read from models/ALIAS.json, without MLflow
set_alias(config, "champion", 3)    gives an alias to a version, and writes models/ALIAS.json as one rename
replace_champion(config, new, old)  the same for a version in place of another, which a rollback goes back to
refresh(config)                     writes models/ALIAS.json anew where another machine has moved an alias

A service has to watch models/champion.json only; champion.py reads it and imports neither MLflow nor pandas.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from .artifact import MODEL, file_sha256, write_json
from .champion import ALIASES, Version, alias_file, read_alias, version_folder
from .errors import InputError, ProjectError
from .tracking import MODEL_FILES, connect

if TYPE_CHECKING:
    from mlflow import MlflowClient

    from .config import Config

LINEAGE = "lineage"
VALIDATION = "validation"
REFUSALS = "refused because"
REPLACED = "replaced"


@dataclass(frozen=True)
class Registered:
    """What the registry knows of a version, without its files."""

    number: int
    run_id: str
    aliases: tuple[str, ...]
    lineage: dict[str, Any]
    validation: str
    refusals: str
    replaced: int | None


def versions(config: Config) -> list[Registered]:
    """Return every version, the newest first."""
    client = connect(config)
    name = config.project.name
    if not _exists(client, name):
        return []
    by_version: dict[int, list[str]] = {}
    for alias, number in client.get_registered_model(name).aliases.items():
        by_version.setdefault(int(number), []).append(alias)
    found = client.search_model_versions(f"name={_quoted(name)}")
    read = [_registered(each, tuple(sorted(by_version.get(int(each.version), [])))) for each in found]
    return sorted(read, key=lambda each: -each.number)


def find(config: Config, reference: str) -> Registered:
    """Return the version of a number or an alias.

    Raises:
        InputError: there is none.
    """
    known = versions(config)
    for each in known:
        if reference in (str(each.number), *each.aliases):
            return each
    names = [str(each.number) for each in reversed(known)]
    expected = f"There are the versions {', '.join(names)}" if names else "There is none yet: run make pipeline"
    raise InputError(f'There is no version "{reference}" of the model. {expected}.')


def resolve(config: Config, reference: str) -> Version:
    """Return the version of a number or an alias, its files fetched to this machine where they are not there yet.

    Raises:
        InputError: there is no such version.
        ProjectError: its files are not those that were registered.
    """
    registered = find(config, reference)
    folder = version_folder(config.root, registered.number)
    if not folder.is_dir():
        _fetch(connect(config), registered, folder)
    expected = registered.lineage["sha256"]
    if file_sha256(folder / MODEL) != expected:
        raise ProjectError(
            f"{config.relative(folder / MODEL)} is not the model that was registered (sha256 {expected[:12]}). "
            "Remove the folder; it is fetched again."
        )
    return Version(registered.number, registered.run_id, folder, registered.lineage)


def champion(config: Config) -> Version | None:
    """Return the version in use, as this machine knows it."""
    return read_alias(config.root, "champion")


def challenger(config: Config) -> Version | None:
    """Return the newest version that passed validation and is not in use, as this machine knows it."""
    return read_alias(config.root, "challenger")


def register(config: Config, run_id: str, lineage: dict[str, Any], refusals: list[str]) -> int:
    """Register the files below `model` of a run as a new version, and return its number.

    Args:
        refusals: the checks of validation that it failed; a version with any can never be promoted
    """
    client = connect(config)
    name = config.project.name
    if not _exists(client, name):
        client.create_registered_model(name)
    tags = {
        LINEAGE: json.dumps(lineage),
        VALIDATION: "failed" if refusals else "passed",
        REFUSALS: "; ".join(refusals),
    }
    made = client.create_model_version(name, f"runs:/{run_id}/{MODEL_FILES}", run_id=run_id, tags=tags)
    return int(made.version)


def set_alias(config: Config, alias: str, number: int) -> Version:
    """Give an alias to a version, here and in the registry."""
    version = resolve(config, str(number))
    connect(config).set_registered_model_alias(config.project.name, alias, str(number))
    _write_alias(config, alias, version)
    return version


def drop_alias(config: Config, alias: str) -> None:
    """Take an alias away from whichever version has it."""
    client = connect(config)
    if _exists(client, config.project.name):
        client.delete_registered_model_alias(config.project.name, alias)
    _write_alias(config, alias, None)


def replace_champion(config: Config, version: Version, before: Version | None) -> None:
    """Make a version the champion, and note on it which one was before: the one that a rollback goes back to."""
    client, name = connect(config), config.project.name
    client.set_model_version_tag(name, str(version.number), REPLACED, "" if before is None else str(before.number))
    set_alias(config, "champion", version.number)
    waiting = challenger(config)
    if waiting is not None and waiting.number == version.number:
        drop_alias(config, "challenger")


def refresh(config: Config) -> None:
    """Bring models/champion.json and models/challenger.json to what the registry says."""
    holders = {alias: each for each in versions(config) for alias in each.aliases}
    for alias in ALIASES:
        here = _alias_here(config, alias)
        there = holders.get(alias)
        if (here and here.number) != (there and there.number) or not alias_file(config.root, alias).is_file():
            _write_alias(config, alias, None if there is None else resolve(config, str(there.number)))


def _alias_here(config: Config, alias: str) -> Version | None:
    """Return the version that has an alias here, or None also where what is here is damaged."""
    try:
        return read_alias(config.root, alias)
    except ProjectError:
        return None


def _write_alias(config: Config, alias: str, version: Version | None) -> None:
    content: dict[str, Any] = {"version": None}
    if version is not None:
        folder = version.folder.relative_to(config.root).as_posix()
        content = {
            "version": version.number,
            "run_id": version.run_id,
            "folder": folder,
            "lineage": version.lineage,
        }
    write_json(content, alias_file(config.root, alias))


def _fetch(client: MlflowClient, registered: Registered, folder: Path) -> None:
    """Put the files of a version into `folder`, all of them or none."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=folder.parent, prefix=".fetching-") as temporary:
        fetched = Path(client.download_artifacts(registered.run_id, MODEL_FILES, temporary))
        fetched.rename(folder)


def _registered(version: Any, aliases: tuple[str, ...]) -> Registered:
    tags = version.tags
    replaced = tags.get(REPLACED)
    return Registered(
        number=int(version.version),
        run_id=version.run_id,
        aliases=aliases,
        lineage=json.loads(tags.get(LINEAGE, "{}")),
        validation=tags.get(VALIDATION, "failed"),
        refusals=tags.get(REFUSALS, ""),
        replaced=int(replaced) if replaced else None,
    )


def _exists(client: MlflowClient, name: str) -> bool:
    return bool(client.search_registered_models(f"name={_quoted(name)}"))


def _quoted(name: str) -> str:
    return "'" + name.replace("'", "''") + "'"
