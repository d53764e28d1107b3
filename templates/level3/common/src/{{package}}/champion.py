"""The model version in use, the champion, as this machine has it: models/champion.json and the folder that it names.

It is written whenever an alias of the registry is set from here, as one rename, so that a service can watch it; it
is all that predicting needs. What the version is and where it comes from is known without asking the registry.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .errors import ProjectError

ALIASES = ("champion", "challenger")


@dataclass(frozen=True)
class Version:
    """A version of the model in the registry, and its files on this machine.

    `lineage` holds git_sha, git_dirty, data_version, environment (its fingerprint) and sha256 of the model.
    """

    number: int
    run_id: str
    folder: Path
    lineage: dict[str, Any]


def alias_file(root: Path, alias: str = "champion") -> Path:
    return root / "models" / f"{alias}.json"


def version_folder(root: Path, number: int) -> Path:
    """Return where the files of a version are kept; once there they do not change."""
    return root / "models" / "versions" / str(number)


def read_alias(root: Path, alias: str = "champion") -> Version | None:
    """Return the version that has an alias, or None while no version has it.

    Raises:
        ProjectError: the file is damaged, or the folder that it names is gone.
    """
    path = alias_file(root, alias)
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if content["version"] is None:
            return None
        version = Version(content["version"], content["run_id"], root / content["folder"], content["lineage"])
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError) as error:
        raise ProjectError(f"{path} is damaged: {error!r}. Remove it, and run make promote again.") from error
    if not version.folder.is_dir():
        raise ProjectError(
            f"{path} names {content['folder']}, which is gone. Run make promote VERSION={version.number}."
        )
    return version


def champion_folder(root: Path) -> Path | None:
    """Return the folder of the model in use, or None while no version was promoted."""
    version = read_alias(root)
    return None if version is None else version.folder
