"""Take over the champion and the challenger of the registry, where another machine has promoted a version."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import registry
from .champion import ALIASES, read_alias
from .errors import OK

if TYPE_CHECKING:
    import argparse

    from .config import Config


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = "promote and rollback do this first by themselves."


def run(config: Config, _arguments: argparse.Namespace) -> int:
    registry.refresh(config)
    for alias in ALIASES:
        version = read_alias(config.root, alias)
        print(f"{alias.capitalize():<10} {'none' if version is None else f'version {version.number}'}")
    return OK
