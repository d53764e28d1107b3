"""Stop a deployment and remove what it ran from; what it has logged stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import target
from .deployments import live, remember
from .environments import read_environment
from .errors import OK

if TYPE_CHECKING:
    import argparse

    from .config import Config


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("environment", help="test, pre-production or production")


def run(config: Config, arguments: argparse.Namespace) -> int:
    environment = read_environment(config, arguments.environment)
    before = live(config, environment.name)
    target.teardown(config, environment)
    if before is None:
        print(f"Nothing was deployed to {environment.name}.")
        return OK
    remember(config, environment.name, before.digest, before.version, "torn down", "by a person")
    print(f"Torn down  version {before.version} in {environment.name}; its logs stay")
    return OK
