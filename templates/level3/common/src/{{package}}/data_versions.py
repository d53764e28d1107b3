"""Versions of the data: the clean rows under the checksum of their bytes, kept by DVC.

data/version.json                the version that is to be trained on
data/versions/VERSION.parquet.dvc  what DVC has to know of one, and which snapshots it was made from

Commit both. The bytes are in DVC's cache, and in its remote for others.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from .artifact import file_sha256, write_json
from .collected import clean_rows
from .dvc_command import run_dvc, uses_dvc
from .errors import InputError, ProjectError
from .table import replacing

if TYPE_CHECKING:
    from .config import Config
    from .runs import Snapshot

LENGTH = 12
SUFFIX = ".parquet.dvc"


@dataclass(frozen=True)
class DataVersion:
    """The rows that a model can be trained on. `name` is the beginning of `sha256`."""

    name: str
    sha256: str
    rows: int
    made_at: str
    snapshots: tuple[dict[str, Any], ...]


def data_versions(config: Config) -> list[DataVersion]:
    """Return every version that is known here, the newest first."""
    found = [_read(path) for path in (config.root / "data" / "versions").glob(f"*{SUFFIX}")]
    return sorted(found, key=lambda each: each.made_at, reverse=True)


def find_data_version(config: Config, name: str) -> DataVersion:
    """Return the version with that name, or the beginning of it.

    Raises:
        InputError: there is none, or more than one.
    """
    known = data_versions(config)
    found = [each for each in known if each.name.startswith(name)]
    if len(found) != 1:
        names = ", ".join(each.name for each in known[:10]) or "none yet: run make data"
        raise InputError(f'There is no data version "{name}". Known, the newest first: {names}.')
    return found[0]


def current_data(config: Config) -> tuple[str, bool] | None:
    """Return the name of the version to train on, and whether a person has pinned it; None before the first."""
    path = _pointer(config)
    if not path.is_file():
        return None
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return str(content["version"]), bool(content["pinned"])
    except (ValueError, KeyError, TypeError) as error:
        raise ProjectError(f"{path} is damaged: {error!r}. Run make data.") from error


def remember_data(config: Config, snapshots: list[Snapshot]) -> DataVersion | None:
    """Keep the clean rows as a version, unless they are one already, and make it the one to train on.

    Returns the version, or None in a folder that DVC does not look after, such as that of a test.
    """
    if not uses_dvc(config.root):
        return None
    rows = clean_rows(config)
    sha256 = file_sha256(rows)
    name = sha256[:LENGTH]
    kept = config.root / "data" / "versions" / f"{name}{SUFFIX}"
    if not kept.is_file():
        _keep(config, rows, kept, sha256, snapshots)
        print(f"Data       version {name}")
    _point_to(config, name, pinned=False)
    return _read(kept)


def restore_data(config: Config, name: str) -> DataVersion:
    """Bring the rows of a version back, byte by byte, and make it the one to train on until `make data` is run.

    Raises:
        InputError: there is no such version.
        ProjectError: its bytes cannot be had any more.
    """
    version = find_data_version(config, name)
    fetch_rows(config, version, clean_rows(config))
    _point_to(config, version.name, pinned=True)
    print(f"Data       version {version.name}, {version.rows:,} rows of {version.made_at[:10]}")
    print(f"           sha256 {version.sha256}")
    return version


def fetch_rows(config: Config, version: DataVersion, to: Path) -> None:
    """Write the rows of a version to a file, from DVC's cache or else its remote.

    Raises:
        ProjectError: neither has them, or other bytes.
    """
    if to.is_file() and file_sha256(to) == version.sha256:
        return
    kept = config.root / "data" / "versions" / f"{version.name}{SUFFIX}"
    fetched = kept.with_suffix("")
    try:
        run_dvc(config.root, "pull", "--quiet", "--force", str(kept.relative_to(config.root)))
        if file_sha256(fetched) != version.sha256:
            raise ProjectError(f"DVC gives other bytes for the data version {version.name} than were kept.")
        with replacing(to) as temporary:
            shutil.copyfile(fetched, temporary)
    finally:
        fetched.unlink(missing_ok=True)


def ingest(config: Config) -> None:
    """Bring the rows of the version that data/version.json names: the first step of the pipeline."""
    current = current_data(config)
    if current is None:
        raise InputError("There is no data version yet: run make data.")
    version = find_data_version(config, current[0])
    fetch_rows(config, version, clean_rows(config))
    print(f"{version.rows:,} rows, version {version.name}")


def _keep(config: Config, rows: Path, kept: Path, sha256: str, snapshots: list[Snapshot]) -> None:
    """Put the rows into DVC's cache and remote, then write down what they are."""
    kept.parent.mkdir(parents=True, exist_ok=True)
    copy = kept.with_suffix("")
    shutil.copyfile(rows, copy)
    try:
        relative = str(kept.relative_to(config.root))
        run_dvc(config.root, "add", "--quiet", str(copy.relative_to(config.root)))
        run_dvc(config.root, "push", "--quiet", relative)
        content = yaml.safe_load(kept.read_text(encoding="utf-8"))
    except BaseException:
        kept.unlink(missing_ok=True)
        raise
    finally:
        copy.unlink(missing_ok=True)
    content["meta"] = {
        "sha256": sha256,
        "rows": _count(rows),
        "made_at": datetime.now(timezone.utc).isoformat(timespec="seconds"),
        "snapshots": [{"origin": each.origin, "sha256": each.sha256, "rows": each.rows} for each in snapshots],
    }
    with replacing(kept) as temporary:
        temporary.write_text(yaml.safe_dump(content, sort_keys=False, allow_unicode=True), encoding="utf-8")


def _count(rows: Path) -> int:
    from pyarrow import parquet

    return int(parquet.read_metadata(rows).num_rows)


def _read(path: Path) -> DataVersion:
    try:
        facts = yaml.safe_load(path.read_text(encoding="utf-8"))["meta"]
        name = path.name.removesuffix(SUFFIX)
        return DataVersion(name, facts["sha256"], facts["rows"], facts["made_at"], tuple(facts["snapshots"]))
    except (yaml.YAMLError, KeyError, TypeError) as error:
        raise ProjectError(f"{path} is damaged: {error!r}. Restore it from git.") from error


def _pointer(config: Config) -> Path:
    return config.root / "data" / "version.json"


def _point_to(config: Config, name: str, *, pinned: bool) -> None:
    content = {"version": name, "pinned": pinned}
    if _current(config) != (name, pinned):
        write_json(content, _pointer(config))


def _current(config: Config) -> tuple[str, bool] | None:
    try:
        return current_data(config)
    except ProjectError:
        return None
