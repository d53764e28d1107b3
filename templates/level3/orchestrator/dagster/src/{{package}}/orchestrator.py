"""What runs the steps of the pipeline: Dagster, an op for each step of dvc.yaml.

DVC still knows which of them are up to date, so an op whose step is does nothing.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .config import Config

NAME = "dagster"


def use_home(config: Config) -> None:
    """Let Dagster keep its runs in the project."""
    os.environ["DAGSTER_HOME"] = str(config.root / ".dagster")


def run_steps(config: Config) -> bool:
    """Run every step that is due, and return whether all went well. A run that was killed goes on where it was."""
    use_home(config)
    from dagster import DagsterInstance

    from .definitions import steps

    with DagsterInstance.get() as instance:
        return steps.execute_in_process(instance=instance, raise_on_error=False).success
