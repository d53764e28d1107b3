"""DVC, as a program: it keeps every data version, and what each step of the pipeline has made."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

from .code_state import in_git
from .errors import ProjectError

if TYPE_CHECKING:
    from pathlib import Path

QUIET = {"DVC_NO_ANALYTICS": "1", "DO_NOT_TRACK": "1"}


def uses_dvc(root: Path) -> bool:
    return (root / ".dvc").is_dir()


def run_dvc(root: Path, *arguments: str, says: bool = False) -> int:
    """Run a command of DVC and return its exit code. What it says is shown with `says`, else only if it fails.

    Raises:
        ProjectError: it failed, and `says` is not set.
    """
    _tell_about_git(root)
    result = subprocess.run(
        [sys.executable, "-m", "dvc", *arguments],
        cwd=root,
        env={**os.environ, **QUIET},
        stdout=None if says else subprocess.PIPE,
        stderr=None if says else subprocess.STDOUT,
        text=True,
        check=False,
    )
    if result.returncode and not says:
        raise ProjectError(f"dvc {' '.join(arguments)} failed:\n{result.stdout.strip()}")
    return result.returncode


def _tell_about_git(root: Path) -> None:
    """Let DVC work without git where there is none."""
    local = root / ".dvc" / "config.local"
    without_git = "[core]\n    no_scm = true\n"
    is_set = local.is_file() and local.read_text(encoding="utf-8") == without_git
    if not in_git(root) and not local.is_file():
        local.write_text(without_git, encoding="utf-8")
    elif is_set and in_git(root):
        local.unlink()
