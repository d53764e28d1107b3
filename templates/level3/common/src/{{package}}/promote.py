"""Put a version of the model into use: it becomes the champion, if it has passed validation."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from . import registry
from .errors import OK, REFUSED, ProjectError
from .model_validation import champion_checks
from .proof import prove
# slot: imports

if TYPE_CHECKING:
    import argparse

    from .champion import Version
    from .config import Config


class RefusedError(ProjectError):
    """The version must not be put into use."""

    exit_code = REFUSED


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("version", help="number of the version, or challenger")


def run(config: Config, arguments: argparse.Namespace) -> int:
    promote(config, arguments.version)
    return OK


def promote(config: Config, reference: str) -> Version:
    """Make a version the champion.

    Raises:
        RefusedError: it did not pass validation, or would not pass it beside the present champion.
        ProjectError: it does not predict here what it did when it was made.
    """
    registry.refresh(config)
    version, before = find_promotable(config, reference), registry.champion(config)
    if before is not None and before.number == version.number:
        print(f"Champion   version {version.number} is in use already")
        return version
    # slot: allowed
    print(f"Proof      {prove(version.folder)}")
    registry.replace_champion(config, version, before)
    replaced = "" if before is None else f", after version {before.number}"
    print(f"Champion   version {version.number}{replaced}")
    return version


def find_promotable(config: Config, reference: str) -> Version:
    """Return a version that may become the champion.

    Raises:
        RefusedError: it did not pass validation, or would not pass it beside the present champion.
    """
    registered = registry.find(config, reference)
    if registered.validation != "passed":
        raise RefusedError(f"Version {registered.number} was refused: {registered.refusals}")
    version = registry.resolve(config, str(registered.number))
    before = registry.champion(config)
    if before is None or before.number != version.number:
        _require_no_worse(config, version, before)
    return version


def _require_no_worse(config: Config, version: Version, champion: Version | None) -> None:
    """Compare with the champion of today, where validation has compared with another one."""
    verdict = json.loads((version.folder / "validation.json").read_text(encoding="utf-8"))
    if champion is None or verdict["champion"] == champion.number:
        return
    for check in champion_checks(config, version.folder, champion):
        if not check.passed:
            raise RefusedError(f"Version {version.number} is refused: {check.name}: {check.finding}")
