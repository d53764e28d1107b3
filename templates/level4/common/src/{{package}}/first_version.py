"""What the very first deployment needs, when nothing was ever trained."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from . import registry
from .errors import ProjectError

if TYPE_CHECKING:
    from .config import Config


def make_first_version(config: Config) -> None:
    """Collect the data, train by the pipeline, and register version 1.

    Raises:
        ProjectError: a step fails, or its model is refused.
    """
    print("No version of the model is registered yet. Making the first one: data, then the pipeline.", flush=True)
    for command in (["data"], ["pipeline"]):
        result = subprocess.run([sys.executable, "-m", str(__package__), *command], cwd=config.root, check=False)
        if result.returncode:
            raise ProjectError(f"There is no model to deploy, and none could be made: make {command[0]} has failed.")
    registry.refresh(config)
