"""Where the pipeline leaves the rows that the model learns from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

    from .config import Config


def clean_rows(config: Config) -> Path:
    return config.root / "data" / "clean" / "rows.parquet"


def collected(config: Config, instead_of: Path) -> Path:
    """Return the clean rows, which take the place of the file that they once came from.

    Raises:
        InputError: nothing has been collected yet.
    """
    path = clean_rows(config)
    if not path.is_file():
        shown = config.relative(path)
        raise InputError(f"There is no {shown} yet, and {instead_of} is not checked: run make data first.")
    return path
