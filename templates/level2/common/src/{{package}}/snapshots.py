"""Snapshots: what was taken from the source, dated, under its checksum, and never rewritten."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from .artifact import file_sha256
from .enforce import check_collected
from .errors import ProjectError
from .runs import Snapshot
from .table import read_table
from .watermark import highest

if TYPE_CHECKING:
    from collections.abc import Callable

    from .config import Config
    from .contract import Contract

READ_ONLY = 0o444


@dataclass(frozen=True)
class Piece:
    """Something that the source has to offer: a file, an object, or the rows of a table.

    `version` tells whether it has changed. `write` puts it into a file of that name; a piece that is not whole holds
    only rows that have come since the last one.
    """

    origin: str
    version: str
    name: str
    write: Callable[[Path], None]
    is_whole: bool = True


def take(config: Config, contract: Contract, piece: Piece, watermark: str | None) -> Snapshot:
    """Fetch a piece, check it, and keep it as a snapshot.

    It is fetched into a temporary file, and gets its name only when it is complete and keeps the contract.

    Raises:
        InputError: it breaks the contract; no snapshot is kept.
    """
    day = datetime.now(timezone.utc).strftime("%Y-%m-%d")
    folder = config.root / "data" / "snapshots" / day
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=folder.parent, prefix=".taking-") as temporary:
        fetched = Path(temporary) / piece.name
        piece.write(fetched)
        checksum = file_sha256(fetched)
        table = read_table(fetched, contract)
        check_collected(config, contract, table, Path(piece.origin))
        final = folder / f"{checksum[:12]}-{piece.name}"
        if not final.exists():
            fetched.chmod(READ_ONLY)
            fetched.replace(final)
    mark = None if watermark is None else highest(table, watermark, contract)
    path = final.relative_to(config.root).as_posix()
    return Snapshot(piece.origin, piece.version, piece.is_whole, path, checksum, len(table), mark)


def open_snapshot(config: Config, snapshot: Snapshot) -> Path:
    """Return the file of a snapshot, after checking that it is what was taken.

    Raises:
        ProjectError: it is missing or has been changed.
    """
    path = config.root / snapshot.path
    if not path.is_file() or file_sha256(path) != snapshot.sha256:
        raise ProjectError(f"The snapshot {snapshot.path} is missing or was changed. Restore it from a backup.")
    return path
