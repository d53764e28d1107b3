"""Write the data file of contract.yaml into the source, to have something to try the pipeline with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy

from .contract import load_contract
from .errors import OK, InputError
from .settings import read_settings
from .source import SqlSource, find_url
from .spelling import spell_column
from .table import convert, read_table

if TYPE_CHECKING:
    import argparse

    from .config import Config

TABLE = "rows"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = f'It makes the table "{TABLE}", and refuses to touch one that is there.'


def run(config: Config, _arguments: argparse.Namespace) -> int:
    contract = load_contract(config)
    table = read_table(config.root / contract.source.path, contract)
    # A feature store may bring further columns.
    columns = [column for column in contract.columns if column.name in table.columns]
    typed, malformed = convert(table, columns, contract.source)
    if malformed:
        raise InputError("\n".join(str(problem) for problem in malformed))
    # Not every database has truth values, so they are written as the file spells them.
    for column in columns:
        if column.type == "boolean":
            typed[column.name] = spell_column(typed[column.name], column, contract.source)
    engine = sqlalchemy.create_engine(find_url(config, read_settings(config, "source", SqlSource), must_exist=False))
    try:
        typed.to_sql(TABLE, engine, index=False, if_exists="fail")
    except ValueError as error:
        raise InputError(f"{error} Nothing was written.") from error
    finally:
        engine.dispose()
    print(f'{len(typed):,} rows of {contract.source.path} written to the table "{TABLE}"')
    return OK
