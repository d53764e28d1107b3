"""Which code this is: the commit, whether something was changed since, and what."""

from __future__ import annotations

import io
import os
import posixpath
import subprocess
import tarfile
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import yaml

from .errors import InputError

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
    steps = root / "dvc.yaml"
    outside = code_outside(steps.read_text(encoding="utf-8")) if steps.is_file() else []
    paths = [".", *(path for path in outside if _is_known(root, path)), *(f":(exclude){path}" for path in WRITTEN)]
    with TemporaryDirectory() as temporary:
        index = {"GIT_INDEX_FILE": str(Path(temporary) / "index")}
        _git(root, "read-tree", "HEAD", **index)
        _git(root, "add", "--all", "--", *paths, **index)
        patch = _git(root, "diff", "--cached", "--binary", "HEAD", "--", *paths, **index)
    return CodeState(sha.decode().strip(), patch or b"")


def code_outside(dvc_yaml: str) -> list[str]:
    """Return what training depends on outside of the project, as your own code in the same repository does."""
    stages = (yaml.safe_load(dvc_yaml) or {}).get("stages", {})
    return [path for path in stages.get("train", {}).get("deps", []) if path.startswith("../")]


def export_commit(root: Path, sha: str, repository: Path) -> Path:
    """Write the project, and the code outside of it that it trains with, as they were in a commit, into a folder.

    Returns:
        Where the project lies in it, as it does in the repository.

    Raises:
        InputError: the commit is not here.
    """
    prefix = (_git(root, "rev-parse", "--show-prefix") or b"").decode().strip()
    top = Path((_git(root, "rev-parse", "--show-toplevel") or b".").decode().strip())
    dvc_yaml = (_git(root, "show", f"{sha}:./dvc.yaml") or b"").decode()
    paths = [prefix.rstrip("/")] if prefix else []
    if prefix and dvc_yaml:
        outside = [posixpath.normpath(prefix + path) for path in code_outside(dvc_yaml)]
        paths += [path for path in outside if _git(top, "ls-tree", sha, "--", path)]
    command = ["git", "archive", "--format=tar", sha, "--", *paths]
    archive = subprocess.run(command, cwd=top, capture_output=True, check=False)
    if archive.returncode:
        raise InputError(f"The commit {sha[:12]} is not here: {archive.stderr.decode().strip()} (git fetch?)")
    with tarfile.open(fileobj=io.BytesIO(archive.stdout)) as files:
        # Of our own repository.
        files.extractall(repository, filter="data") if hasattr(tarfile, "data_filter") else files.extractall(repository)
    return repository / prefix


def in_git(root: Path) -> bool:
    return _git(root, "rev-parse", "--is-inside-work-tree") is not None


def _is_known(root: Path, path: str) -> bool:
    """Return whether git has a path, or would add it."""
    return bool(_git(root, "ls-files", "--cached", "--others", "--exclude-standard", "--", path))


def _git(root: Path, *arguments: str, **settings: str) -> bytes | None:
    """Return what git says, or None where it fails or is not there."""
    try:
        result = subprocess.run(
            ["git", *arguments], cwd=root, capture_output=True, check=True, env={**os.environ, **settings}
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    return result.stdout
