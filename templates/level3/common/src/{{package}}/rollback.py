"""Go back to the version that was in use before: its model, its data and its environment, in one step."""

from __future__ import annotations

import subprocess
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from . import registry
from .artifact import file_sha256
from .data_versions import current_data, restore_data
from .errors import OK, InputError, ProjectError
from .fingerprint import all_locks
from .proof import prove

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator
    from pathlib import Path

    from .champion import Version
    from .config import Config


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--to", help="another version than the one before, by its number")


def run(config: Config, arguments: argparse.Namespace) -> int:
    started = time.perf_counter()
    registry.refresh(config)
    before = registry.champion(config)
    if before is None:
        raise InputError("No version is in use, so there is nothing to go back from.")
    target = registry.resolve(config, arguments.to or _version_before(config, before))
    wanted, current = target.lineage["data_version"], current_data(config)
    if current is not None and current[0] == wanted:
        print(f"Data       the same, version {wanted}")
    else:
        restore_data(config, wanted)
    with restored_environment(config, target) as has_changed:
        if has_changed:
            # The libraries of before are loaded in this process, so another one has to do it.
            _prove_anew(target)
        else:
            print(f"Proof      {prove(target.folder)}")
    registry.set_alias(config, "champion", target.number)
    seconds = time.perf_counter() - started
    print(f"Champion   version {target.number} again, after version {before.number}, in {seconds:.1f} s")
    print(f"Code       that version was made from {_code_of(target)}")
    return OK


@contextmanager
def restored_environment(config: Config, version: Version) -> Iterator[bool]:
    """Install the packages that a version was made with, and give whether they are others than before.

    When what follows fails, the packages of before come back.

    Raises:
        ProjectError: they cannot be installed.
    """
    files = (version.folder / "environment").glob("*")
    kept = {path.name: path for path in files if (config.root / path.name).is_file()}
    if not any(_is_other(kept.get(lock.name), lock) for lock in all_locks(config.root)):
        print("Packages   the same")
        yield False
        return
    before = {name: (config.root / name).read_bytes() for name in kept}
    try:
        _install(config, {name: path.read_bytes() for name, path in kept.items()})
        print(f"Packages   those of version {version.number}: {' and '.join(sorted(before))} are its own again")
        yield True
    except ProjectError as error:
        _install(config, before)
        raise ProjectError(f"{error}\nThe packages are those of before again, and so is the champion.") from error


def _is_other(kept: Path | None, lock: Path) -> bool:
    return kept is not None and file_sha256(kept) != file_sha256(lock)


def _install(config: Config, files: dict[str, bytes]) -> None:
    """Make the environment that a lock and pyproject.toml describe."""
    for name, content in files.items():
        (config.root / name).write_bytes(content)
    result = subprocess.run(
        [sys.executable, "scripts/setup.py"], cwd=config.root, capture_output=True, text=True, check=False
    )
    if result.returncode:
        raise ProjectError(f"The packages cannot be installed:\n{result.stderr.strip()}")


def _prove_anew(version: Version) -> None:
    command = [sys.executable, "-m", str(__package__), "proof", str(version.number)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode:
        raise ProjectError(result.stderr.strip().removeprefix("error: "))
    print(result.stdout.strip())


def _version_before(config: Config, version: Version) -> str:
    before = registry.find(config, str(version.number)).replaced
    if before is None:
        raise InputError(f"No version was in use before version {version.number}. Name one: --to VERSION.")
    return str(before)


def _code_of(version: Version) -> str:
    sha = version.lineage["git_sha"]
    if sha is None:
        return "code that is in no commit"
    changes = ", with changes: changes.patch beside the model" if version.lineage["git_dirty"] else ""
    return f"commit {sha[:12]}{changes}"
