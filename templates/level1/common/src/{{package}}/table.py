"""Tables: read as text, checked against the contract, and only then converted.

Nothing is guessed while reading: a value is what the file says until the contract says what it means.
"""

from __future__ import annotations

import csv
import os
import warnings
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from .convert import convert_column, is_missing
from .errors import ContractError, InputError, did_you_mean, listing, shorten

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from .contract import Column, Contract, Source

EXAMPLES = 5
PARQUET_SUFFIXES = (".parquet", ".pq")


@dataclass(frozen=True)
class Malformed:
    """Values of one column that are not of its type. `rows` counts from 1, the header left out."""

    column: Column
    rows: list[int]
    values: list[str]

    def __str__(self) -> str:
        count = len(self.rows)
        examples = listing(self.values[:EXAMPLES])
        rows = ", ".join(str(row) for row in self.rows[:EXAMPLES]) + (", …" if count > EXAMPLES else "")
        subject = f"{count} values are" if count > 1 else "1 value is"
        row = "rows" if count > 1 else "row"
        return f'column "{shorten(self.column.name)}": {subject} not {self._expected}: {examples} ({row} {rows})'

    @property
    def _expected(self) -> str:
        if self.column.type == "date":
            return f"a date in the format {self.column.format}"
        if self.column.type in ("boolean", "categorical"):
            return f"one of {listing(self.column.values)}"
        return "a number"


def read_table(path: Path, contract: Contract) -> pd.DataFrame:
    """Read a CSV file as text, or a Parquet file with its own types.

    Raises:
        InputError: there is no such file, or it is not a table.
    """
    if not path.is_file():
        raise InputError(f"There is no file {path}.")
    try:
        table = _read_parquet(path) if path.suffix in PARQUET_SUFFIXES else _read_csv(path, contract)
    except InputError:
        raise
    except (OSError, ValueError, csv.Error, pd.errors.ParserWarning) as error:
        raise InputError(f"{path} cannot be read as a table: {shorten(error, 200)}") from error
    table.columns = [str(name) for name in table.columns]
    if table.empty:
        raise InputError(f"{path} has no rows.")
    return table


def check_columns(table: pd.DataFrame, contract: Contract, required: Iterable[Column], path: Path) -> None:
    """Check that every required column is there, and no unknown one.

    Raises:
        ContractError: names every missing and every extra column.
    """
    known = [column.name for column in contract.columns]
    missing = [column.name for column in required if column.name not in table.columns]
    extra = [name for name in table.columns if name not in known]
    problems = []
    if missing:
        problems.append(f"missing column{'s' * (len(missing) > 1)} {listing(missing)}")
    if extra:
        hint = did_you_mean(extra[0], missing or known)
        problems.append(f"unknown column{'s' * (len(extra) > 1)} {listing(extra)}{hint}")
    if missing and len(table.columns) == 1 and len(known) > 1:
        problems.append(f"only one column was found with the delimiter {contract.source.delimiter!r}")
    if problems:
        raise ContractError(f"{path}: {'; '.join(problems)}. contract.yaml says which columns there are.")


def convert(table: pd.DataFrame, columns: Iterable[Column], source: Source) -> tuple[pd.DataFrame, list[Malformed]]:
    """Convert columns to their types; what cannot be converted is missing in the result, and reported."""
    typed: dict[str, pd.Series] = {}
    problems: list[Malformed] = []
    for column in columns:
        values = table[column.name]
        missing = is_missing(values, column, source)
        typed[column.name] = convert_column(values.mask(missing), column, source)
        malformed = (typed[column.name].isna() & ~missing).to_numpy()
        if malformed.any():
            rows = [int(row) + 1 for row in malformed.nonzero()[0]]
            problems.append(Malformed(column, rows, [str(value) for value in values[malformed]]))
    return pd.DataFrame(typed, index=table.index), problems


def write_table(table: pd.DataFrame, path: Path, source: Source | None = None) -> None:
    """Write a Parquet or CSV file, whole or not at all; `source` gives the dialect of the CSV."""
    with replacing(path) as temporary:
        if path.suffix in PARQUET_SUFFIXES:
            table.to_parquet(temporary, index=False)
        elif source is None:
            table.to_csv(temporary, index=False)
        else:
            quoting = csv.QUOTE_MINIMAL if source.quote else csv.QUOTE_NONE
            table.to_csv(
                temporary,
                index=False,
                sep=source.delimiter,
                quotechar=source.quote or '"',
                quoting=quoting,
                encoding=source.encoding,
                header=source.header,
            )


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a temporary path beside `path`, which takes its place only if all goes well."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{os.getpid()}.{path.name}")
    try:
        yield temporary
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _read_parquet(path: Path) -> pd.DataFrame:
    table = pd.read_parquet(path)
    return table.reset_index(drop=True)


def _read_csv(path: Path, contract: Contract) -> pd.DataFrame:
    source = contract.source
    with warnings.catch_warnings():
        # A row with more fields than the header is only a warning to pandas, which then drops data.
        warnings.simplefilter("error", pd.errors.ParserWarning)
        table = pd.read_csv(
            path,
            dtype=str,
            keep_default_na=False,
            na_filter=False,
            index_col=False,
            sep=source.delimiter,
            quotechar=source.quote or '"',
            quoting=csv.QUOTE_MINIMAL if source.quote else csv.QUOTE_NONE,
            encoding=_encoding(path, source),
            header=0 if source.header else None,
        )
    if not source.header:
        table.columns = _names_by_position(len(table.columns), contract)
    return table.fillna("")


def _names_by_position(count: int, contract: Contract) -> list[str]:
    """Name the columns of a file without a header, which may lack the target."""
    names = [column.name for column in contract.columns]
    if count == len(names) - 1:
        names.remove(contract.target)
    if count != len(names):
        raise InputError(f"There are {count} columns and no header; contract.yaml has {len(names)} columns.")
    return names


def _encoding(path: Path, source: Source) -> str:
    """Return the contract's encoding, unless the file itself says that it is UTF-8."""
    with path.open("rb") as file:
        return "utf-8-sig" if file.read(3) == b"\xef\xbb\xbf" else source.encoding
