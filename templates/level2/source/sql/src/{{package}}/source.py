"""The source of the data: a table or query of any database that SQLAlchemy knows."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import pandas as pd
import sqlalchemy
from pandas.api.types import infer_dtype
from sqlalchemy.exc import SQLAlchemyError

from .errors import InputError, ProjectError, shorten
from .settings import read_settings
from .snapshots import Piece
from .spelling import spell_column
from .table import write_table
from .watermark import newer_than

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .config import Config
    from .contract import Column, Contract
    from .runs import Snapshot


@dataclass(frozen=True)
class SqlSource:
    """The section `source` of mlops.yaml."""

    query: str
    url: str | None = None
    url_variable: str = "SOURCE_URL"
    watermark: str | None = None


def watermark_column(config: Config) -> str | None:
    return read_settings(config, "source", SqlSource).watermark


def find_pieces(config: Config, contract: Contract, latest: Callable[[str], Snapshot | None]) -> Iterator[Piece]:
    """Return the rows of the query: all, or with a watermark those that have come since.

    Raises:
        InputError: there is no such database, or it refuses the query.
    """
    settings = read_settings(config, "source", SqlSource)
    url = find_url(config, settings)
    before = latest(settings.query)
    mark = before.watermark if before is not None and settings.watermark is not None else None
    engine = sqlalchemy.create_engine(url)
    try:
        with engine.connect() as connection:
            rows = _fetch(connection, settings, mark)
    except SQLAlchemyError as error:
        reason = shorten(error.args[0] if error.args else error, 300)
        shown = url.render_as_string(hide_password=True)
        raise InputError(f"The source {shown} cannot be read: {reason}. Nothing was changed.") from error
    finally:
        engine.dispose()
    rows = _as_contract(rows, contract)
    if mark is not None and settings.watermark is not None:
        rows = newer_than(rows, settings.watermark, mark, contract)
    if not rows.empty:
        yield Piece(settings.query, mark or "", "rows.parquet", partial(write_table, rows), is_whole=mark is None)
    elif before is None:
        raise ProjectError(f"The source has no row yet: {settings.query}")


def find_url(config: Config, settings: SqlSource, *, must_exist: bool = True) -> sqlalchemy.URL:
    """Return the URL of the database: from the environment, which may hold a password, or else from mlops.yaml.

    Raises:
        InputError: neither has one, or the file of an SQLite database is missing.
    """
    given = os.environ.get(settings.url_variable) or settings.url
    if not given:
        raise InputError(f"Set the environment variable {settings.url_variable} to the URL of the database.")
    try:
        url = sqlalchemy.make_url(given)
    except SQLAlchemyError as error:
        raise InputError(f"The URL of the database, in {settings.url_variable}, is not of the right form.") from error
    if url.get_backend_name() != "sqlite" or not url.database:
        return url
    path = config.root / url.database
    if must_exist and not path.is_file():
        raise InputError(f"There is no database {path}. Set {settings.url_variable}, or make one: {__package__} seed")
    return url.set(database=str(path))


def _fetch(connection: sqlalchemy.Connection, settings: SqlSource, mark: str | None) -> pd.DataFrame:
    query = f"SELECT * FROM ({settings.query}) AS source_rows"
    if mark is None or settings.watermark is None:
        return pd.read_sql_query(sqlalchemy.text(query), connection)
    column = connection.dialect.identifier_preparer.quote(settings.watermark)
    sample = connection.execute(sqlalchemy.text(f"{query} WHERE {column} IS NOT NULL LIMIT 1")).mappings().first()
    limit = _comparable(mark, None if sample is None else sample[settings.watermark])
    if limit is None:
        return pd.read_sql_query(sqlalchemy.text(query), connection)
    newer = sqlalchemy.text(f"{query} WHERE {column} > :mark")
    return pd.read_sql_query(newer, connection, params={"mark": limit})


def _comparable(mark: str, sample: Any) -> Any:
    """Return the watermark as the database can compare it with its own values; None where these are text."""
    if sample is None or isinstance(sample, str):
        return None
    return pd.Timestamp(mark).to_pydatetime() if hasattr(sample, "year") else float(mark)


def _as_contract(rows: pd.DataFrame, contract: Contract) -> pd.DataFrame:
    rows.columns = [str(name) for name in rows.columns]
    known = [name for name in rows.columns if name in contract]
    return rows.assign(**{name: _plain(rows[name], contract[name], contract) for name in known})


def _plain(values: pd.Series, column: Column, contract: Contract) -> pd.Series:
    """Turn what drivers return for dates and truth values, missing ones among them, into plain columns."""
    kind = infer_dtype(values, skipna=True)
    if kind in ("date", "datetime"):
        return pd.to_datetime(values)
    if kind == "boolean" and column.type == "boolean":
        return spell_column(values.astype("float64"), column, contract.source)
    return values
