"""The artifact of a deployment: code, settings, contract, packages and one version of the model, under its digest.

It is built once, and each environment gets the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from .artifact import file_sha256, write_json
from .champion import Version, alias_file, read_alias
from .errors import InputError, ProjectError
from .fingerprint import all_locks

if TYPE_CHECKING:
    from .config import Config

FILES = (
    "mlops.yaml",
    "contract.yaml",
    "rollout.yaml",
    "pyproject.toml",
    "README.md",
    # slot: files
)
MANIFEST = "manifest.json"


@dataclass(frozen=True)
class Bundle:
    """An artifact. `digest` is the sha256 of the names and checksums of all of its files."""

    digest: str
    folder: Path
    version: int

    @property
    def short(self) -> str:
        return self.digest[:12]


def build(config: Config, version: Version) -> Bundle:
    """Put an artifact together, unless it is there already."""
    parent = config.root / "deployments" / "artifacts"
    parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=parent, prefix=".building-") as temporary:
        folder = Path(temporary) / "artifact"
        _fill(config, version, folder)
        digest, files = _digest(folder)
        write_json({"digest": digest, "version": version.number, "files": files}, folder / MANIFEST)
        kept = parent / digest[:12]
        if not kept.is_dir():
            folder.rename(kept)
    return open_bundle(config, digest)


def open_bundle(config: Config, digest: str) -> Bundle:
    """Return an artifact, after checking all of its bytes.

    Raises:
        InputError: it is not there.
        ProjectError: a file in it is not the one that it was built with.
    """
    folder = config.root / "deployments" / "artifacts" / digest[:12]
    if not (folder / MANIFEST).is_file():
        raise InputError(f"There is no artifact {digest[:12]} any more. Build one: make deploy ENV=test.")
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    actual, files = _digest(folder)
    if actual != manifest["digest"]:
        names = sorted(set(files.items()) ^ set(manifest["files"].items()))
        raise ProjectError(
            f"Artifact {digest[:12]} was changed after it was built: {names[0][0]}. Remove {config.relative(folder)}, "
            "and build it again: make deploy ENV=test."
        )
    return Bundle(actual, folder, manifest["version"])


def unpack(bundle: Bundle, folder: Path) -> None:
    """Copy an artifact to where it runs."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(bundle.folder, folder)


def _fill(config: Config, version: Version, folder: Path) -> None:
    without = shutil.ignore_patterns("__pycache__", "*.pyc")
    shutil.copytree(config.root / "src", folder / "src", ignore=without)
    for path in (*(config.root / name for name in FILES), *all_locks(config.root)):
        if path.is_file():
            shutil.copyfile(path, folder / path.name)
    inside = folder / "models" / "versions" / str(version.number)
    shutil.copytree(version.folder, inside)
    content = {
        "version": version.number,
        "run_id": version.run_id,
        "folder": inside.relative_to(folder).as_posix(),
        "lineage": version.lineage,
    }
    write_json(content, alias_file(folder))
    assert read_alias(folder) is not None


def _digest(folder: Path) -> tuple[str, dict[str, str]]:
    paths = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != MANIFEST)
    files = {path.relative_to(folder).as_posix(): file_sha256(path) for path in paths}
    lines = "".join(f"{sha256}  {name}\n" for name, sha256 in files.items())
    return hashlib.sha256(lines.encode()).hexdigest(), files
