"""Which code this is: the commit, whether something was changed since, and what."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

# What runs of the pipeline write themselves; it is recorded as data version and as steps.
WRITTEN = ("dvc.lock", "data/version.json", "data/versions", "docs/model-card.md", "docs/data-sheet.md")


@dataclass(frozen=True)
class CodeState:
    """A commit, None outside of git or before the first, and the changes since as a patch that git applies."""

    sha: str | None
    patch: bytes

    @property
    def is_dirty(self) -> bool:
        return self.sha is None or self.patch != b""


def read_code_state(root: Path) -> CodeState:
    """Return the state of the working tree, new files with it; the index stays as it is."""
    sha = _git(root, "rev-parse", "--verify", "--quiet", "HEAD")
    if sha is None:
        return CodeState(None, b"")
    without = [f":(exclude){path}" for path in WRITTEN]
    with TemporaryDirectory() as temporary:
        index = {"GIT_INDEX_FILE": str(Path(temporary) / "index")}
        _git(root, "read-tree", "HEAD", **index)
        _git(root, "add", "--all", "--", ".", *without, **index)
        patch = _git(root, "diff", "--cached", "--binary", "--relative", "HEAD", "--", ".", *without, **index)
    return CodeState(sha.decode().strip(), patch or b"")


def in_git(root: Path) -> bool:
    return _git(root, "rev-parse", "--is-inside-work-tree") is not None


def _git(root: Path, *arguments: str, **settings: str) -> bytes | None:
    """Return what git says, or None where it fails or is not there."""
    try:
        result = subprocess.run(
            ["git", *arguments], cwd=root, capture_output=True, check=True, env={**os.environ, **settings}
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    return result.stdout
