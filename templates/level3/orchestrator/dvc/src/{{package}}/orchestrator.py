"""What runs the steps of the pipeline: DVC, one after the other, those whose inputs have changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .dvc_command import run_dvc

if TYPE_CHECKING:
    from .config import Config

NAME = "dvc"


def run_steps(config: Config) -> bool:
    """Run every step that is due, and return whether all went well. A run that was killed goes on where it was."""
    return run_dvc(config.root, "repro", "--quiet", "register", says=True) == 0
