"""The source of the data: files of a folder, found by their paths or by patterns."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from .artifact import file_sha256
from .errors import InputError
from .settings import read_settings
from .snapshots import Piece
from .table import read_table, write_table
from .watermark import newer_than

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .config import Config
    from .contract import Contract
    from .runs import Snapshot


@dataclass(frozen=True)
class FileSource:
    """The section `source` of mlops.yaml."""

    paths: list[str]
    watermark: str | None = None


def watermark_column(config: Config) -> str | None:
    return read_settings(config, "source", FileSource).watermark


def find_pieces(config: Config, contract: Contract, latest: Callable[[str], Snapshot | None]) -> Iterator[Piece]:
    """Return each file that is new or has changed: as a whole, or with a watermark only its new rows.

    Raises:
        InputError: a path or pattern of mlops.yaml matches no file.
    """
    settings = read_settings(config, "source", FileSource)
    for path in _find_files(config, settings.paths):
        origin, version = config.relative(path).as_posix(), file_sha256(path)
        before = latest(origin)
        if before is None or settings.watermark is None or before.watermark is None:
            if before is None or before.version != version:
                yield Piece(origin, version, path.name, partial(_copy, path))
            continue
        if before.version == version:
            continue
        rows = newer_than(read_table(path, contract), settings.watermark, before.watermark, contract)
        if not rows.empty:
            name = f"{path.name.split('.')[0]}.parquet"
            yield Piece(origin, version, name, partial(write_table, rows), is_whole=False)


def _find_files(config: Config, patterns: list[str]) -> list[Path]:
    found: dict[Path, None] = {}
    for pattern in patterns:
        literal = config.root / pattern
        matches = [literal] if literal.is_file() else sorted(_glob(config.root, pattern))
        if not matches:
            raise InputError(f'mlops.yaml: source.paths: there is no file "{pattern}". Nothing was changed.')
        found.update(dict.fromkeys(matches))
    return list(found)


def _glob(root: Path, pattern: str) -> list[Path]:
    path = Path(pattern)
    anchor = Path(path.anchor) if path.is_absolute() else root
    relative = path.relative_to(path.anchor) if path.is_absolute() else path
    return [match for match in anchor.glob(str(relative)) if match.is_file()]


def _copy(path: Path, to: Path) -> None:
    shutil.copyfile(path, to)
