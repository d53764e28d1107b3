"""Run one step of the training pipeline. dvc.yaml says what each depends on; `pipeline` runs those that are due."""

from __future__ import annotations

import os
import time
from importlib import import_module
from typing import TYPE_CHECKING

from .errors import OK, SCHEMA_SKEW, ContractError, ProjectError
from .execution import record_failure, record_step
from .params import IN_STEP

if TYPE_CHECKING:
    import argparse

    from .config import Config

# Step: its module, which is only imported when the step is run, and the function in it.
STEPS = {
    "ingest": ("data_versions", "ingest"),
    "validate": ("data_validation", "validate_data"),
    "features": ("feature_table", "make_feature_table"),
    "split": ("split_rows", "split_rows"),
    "train": ("fit", "fit"),
    "evaluate": ("evaluation", "evaluate"),
    "validate-model": ("model_validation", "validate_model"),
    "register": ("register", "register_model"),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("step", choices=STEPS, help="what to run, whether it is due or not")


def run(config: Config, arguments: argparse.Namespace) -> int:
    name = arguments.step
    os.environ[IN_STEP] = name
    module, function = STEPS[name]
    print(f"{name:<15}", end="", flush=True)
    started = time.time()
    try:
        getattr(import_module(f".{module}", __package__), function)(config)
    except ProjectError as error:
        print("failed", flush=True)
        code = SCHEMA_SKEW if isinstance(error, ContractError) else error.exit_code
        record_failure(config, name, started, str(error), code)
        raise
    record_step(config, name, started)
    return OK
