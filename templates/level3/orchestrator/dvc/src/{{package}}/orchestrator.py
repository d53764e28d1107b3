"""What runs the steps of the pipeline: DVC, one after the other, those whose inputs have changed."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from .dvc_command import run_dvc
from .execution import read_failure

if TYPE_CHECKING:
    from .config import Config

NAME = "dvc"

# DVC takes the locks of a run that was killed for valid until the system has cleared that process away.
PATIENCE_SECONDS = (2, 5)


def run_steps(config: Config) -> bool:
    """Run every step that is due, and return whether all went well. A run that was killed goes on where it was."""
    for pause in PATIENCE_SECONDS:
        if run_dvc(config.root, "repro", "--quiet", "register", says=True) == 0:
            return True
        if read_failure(config) is not None:
            return False
        time.sleep(pause)
    # No step has failed, so DVC did, and now it shall say why.
    return run_dvc(config.root, "repro", "register", says=True) == 0
