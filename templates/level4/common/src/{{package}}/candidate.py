"""A version of the model that may be delivered, and a folder of its own to try it in."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from . import registry
from .config import SETTINGS_FILE, load_config
from .contract import CONTRACT_FILE
from .errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

    from .champion import Version
    from .config import Config


def find_candidate(config: Config, reference: str | None = None) -> Version:
    """Return the version that is named, or else the challenger, the champion, the newest one.

    Raises:
        InputError: there is none.
    """
    if reference is not None:
        return registry.resolve(config, reference)
    known = registry.versions(config)
    if not known:
        raise InputError("There is no version of the model yet: run make pipeline.")
    holders = {alias: each for each in known for alias in each.aliases}
    chosen = holders.get("challenger") or holders.get("champion") or known[0]
    return registry.resolve(config, str(chosen.number))


def stage(config: Config, version: Version, folder: Path) -> Config:
    """Make a project in `folder` in which the version is the model in use, with today's settings and contract."""
    for name in (SETTINGS_FILE, CONTRACT_FILE):
        shutil.copyfile(config.root / name, folder / name)
    shutil.copytree(version.folder, folder / "models")
    return load_config(folder)
