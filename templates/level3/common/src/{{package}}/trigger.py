"""Train when there is new data: collect, and run the pipeline once for each new data version."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import training_pipeline
from .data_versions import current_data
from .errors import OK
from .fingerprint import require_locked_environment
from .params import DEFAULT_ENVIRONMENT, choose_environment

if TYPE_CHECKING:
    import argparse

    from .config import Config


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--env", default=DEFAULT_ENVIRONMENT, help="environments/NAME.yaml (default: prod)")
    parser.epilog = "make schedule shows how to run it every day."


def run(config: Config, arguments: argparse.Namespace) -> int:
    require_locked_environment(config.root)
    parameters = choose_environment(config.root, arguments.env)
    training_pipeline.require_machine(parameters)
    training_pipeline.require_commit(config, parameters)
    code = training_pipeline.collect(config)
    if code != OK:
        return code
    current = current_data(config)
    assert current is not None
    if current[0] == training_pipeline.last_data(config):
        print("Trigger    no new data, so nothing is trained")
        return OK
    print(f"Trigger    data version {current[0]} is new")
    return training_pipeline.execute(config, arguments.env, "new data")
