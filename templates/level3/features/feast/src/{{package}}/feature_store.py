"""The feature store, Feast: what was known of an entity at any time (offline), and what is known now (online).

data/feature-store/history.parquet  the features of each entity, with the time from which each was known
data/feature-store/online.sqlite    the newest of them, for requests
data/feature-store/registry.db      the definitions, of which feature_repo/ is the source

Training joins point in time: a row gets the newest features that were known at its time, never later ones.
"""

from __future__ import annotations

import contextlib
import io
import os
import threading
from datetime import datetime, timedelta, timezone
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from .contract import load_contract
from .convert import convert_column, is_missing
from .entity_features import make_entity_features
from .errors import InputError, ProjectError, listing
from .labels import read_labels
from .spelling import spell_column
from .stored import add_to_contract, find_entity, read_stored, stored_columns
from .table import write_table

if TYPE_CHECKING:
    from feast import Entity, FeatureStore, FeatureView

    from .config import Config
    from .contract import Column, Contract

ENTITY = "entity"
VIEW = "history"
KNOWN_FROM = "event_timestamp"
EPOCH = datetime(1970, 1, 2, tzinfo=timezone.utc)
REMEMBERED_KEYS = 10_000
DIGITS = 12
REPOSITORY = "FEATURE_REPO"


def store_features(config: Config, contract: Contract, rows: pd.DataFrame) -> pd.DataFrame:
    """Put the history of every entity into the store, and return the rows with what was known at their time.

    Args:
        rows: clean rows as contract.yaml spells them, without the stored columns

    Raises:
        InputError: the project has no time column, or no column that can be the entity.
        ProjectError: entity_features.py makes no numbers, or a column that is there already.
    """
    entity = find_entity(config, contract)
    history = make_history(config, contract, rows, entity)
    write_table(history, _folder(config) / "history.parquet")
    add_to_contract(config, history.drop(columns=[ENTITY, KNOWN_FROM]))
    store = open_store(config)
    store.apply(list(define(config)))
    _materialize(store)
    columns = stored_columns(load_contract(config))
    known = _known_at(store, contract, entity, rows, [column.name for column in columns])
    spelled = {column.name: spell_column(known[column.name], column, contract.source) for column in columns}
    print(f"Features   {len(columns)} of {history[ENTITY].nunique():,} entities (by {entity.name}), in the store")
    return rows.assign(**spelled)


def make_history(config: Config, contract: Contract, rows: pd.DataFrame, entity: Column) -> pd.DataFrame:
    """Return the features of each entity, each with the time from which it was known."""
    typed = pd.DataFrame(
        {
            column.name: convert_column(
                rows[column.name].mask(is_missing(rows[column.name], column, contract.source)), column, contract.source
            )
            for column in contract.columns
            if not column.stored
        },
        index=rows.index,
    )
    typed[contract.target] = read_labels(rows[contract.target], contract, config.project.task)
    keys, time = _keys(rows[entity.name], entity, contract), typed[str(contract.time)]
    usable = keys.notna() & time.notna()
    ordered = typed[usable].sort_values(str(contract.time), kind="stable")
    features = make_entity_features(ordered, entity.name, contract)
    _check_features(features, ordered)
    known_from = time[ordered.index] + timedelta(days=read_stored(config).known_after_days)
    # As many digits as text keeps exactly, so that files and requests get the same number to the bit.
    rounded = features.astype("float64").map(lambda value: float(f"{value:.{DIGITS}g}"))
    history = rounded.assign(**{ENTITY: keys[ordered.index], KNOWN_FROM: _as_utc(known_from)})
    # Of several rows at one time the last knows of the others.
    return history.drop_duplicates([ENTITY, KNOWN_FROM], keep="last").reset_index(drop=True)


def define(config: Config) -> tuple[Entity, FeatureView]:
    """Return what Feast knows: whose features there are, and which."""
    _stay_silent()
    from feast import Entity, FeatureView, Field, FileSource, ValueType
    from feast.types import Float64, String

    entity = Entity(name=ENTITY, join_keys=[ENTITY], value_type=ValueType.STRING)
    fields = [Field(name=column.name, dtype=Float64) for column in stored_columns(load_contract(config))]
    source = FileSource(path="../data/feature-store/history.parquet", timestamp_field=KNOWN_FROM)
    schema = [Field(name=ENTITY, dtype=String), *fields]
    # Without an age at which features are too old: what is known stays known.
    return entity, FeatureView(name=VIEW, entities=[entity], ttl=timedelta(0), schema=schema, source=source)


def open_store(config: Config) -> FeatureStore:
    _stay_silent()
    from feast import FeatureStore

    return FeatureStore(repo_path=str(find_repository(config)))


def require_store(config: Config, contract: Contract) -> None:
    """Check that there is a store to complete rows from.

    Raises:
        InputError: there is none yet.
    """
    if not stored_columns(contract):
        return
    repository = find_repository(config)
    if repository is None:
        raise InputError(f"There is no feature_repo in {config.root}. {REPOSITORY} says where that of the project is.")
    if not (repository.parent / "data" / "feature-store" / "registry.db").is_file():
        raise InputError("There is no feature store yet, which completes requests. Run make data.")


def find_repository(config: Config) -> Path | None:
    """Return the folder of Feast's definitions: that of this project, or what FEATURE_REPO says elsewhere."""
    here, elsewhere = config.root / "feature_repo", os.environ.get(REPOSITORY)
    if here.is_dir() or not elsewhere:
        return here if here.is_dir() else None
    return Path(elsewhere)


def complete_file(config: Config, contract: Contract, table: pd.DataFrame) -> pd.DataFrame:
    """Return a table to predict on with the stored columns, as they were known at the time of each row.

    Columns that the table has stay as they are.
    """
    names = [column.name for column in stored_columns(contract) if column.name not in table.columns]
    if not names or find_repository(config) is None:
        return table
    require_store(config, contract)
    entity = find_entity(config, contract)
    lacking = [name for name in (entity.name, str(contract.time)) if name not in table.columns]
    if lacking:
        raise InputError(f"The feature store cannot complete rows without the column {listing(lacking)}.")
    known = _known_at(open_store(config), contract, entity, table, names)
    return table.assign(**{name: spell_column(known[name], contract[name], contract.source) for name in names})


class OnlineFeatures:
    """Completes requests: a stored column that a row does not give, or gives as null, is what is known now."""

    def __init__(self, config: Config, contract: Contract) -> None:
        self._config, self._contract = config, contract
        self._names = [column.name for column in stored_columns(contract)] if find_repository(config) else []
        if self._names:
            self._entity = find_entity(config, contract)
            self._references = [f"{VIEW}:{name}" for name in self._names]
            self._key = lru_cache(REMEMBERED_KEYS)(lambda value: _key(value, self._entity, contract))
            # SQLite is asked by all threads of a server.
            self._lock = threading.Lock()

    def complete(self, row: dict[str, Any]) -> dict[str, Any]:
        """Return a row with all columns.

        Raises:
            InputError: there is no store yet.
        """
        lacking = [name for name in self._names if row.get(name) is None]
        if not lacking:
            return row
        known = self.of(self._key(row[self._entity.name]))
        return row | {name: known[name] for name in lacking}

    def of(self, key: str | None) -> dict[str, float | None]:
        """Return what is known now of an entity; None for what is not."""
        if key is None:
            return dict.fromkeys(self._names)
        with self._lock:
            answer = self._store.get_online_features(self._references, [{ENTITY: key}]).to_dict()
        return {name: answer[name][0] for name in self._names}

    @cached_property
    def _store(self) -> FeatureStore:
        require_store(self._config, self._contract)
        return open_store(self._config)


def _known_at(
    store: FeatureStore, contract: Contract, entity: Column, rows: pd.DataFrame, names: list[str]
) -> pd.DataFrame:
    """Return what was known of the entity of each row at the time of the row; the index is that of `rows`."""
    time = contract[str(contract.time)]
    values = rows[time.name].mask(is_missing(rows[time.name], time, contract.source))
    asked = pd.DataFrame(
        {
            ENTITY: _keys(rows[entity.name], entity, contract),
            KNOWN_FROM: _as_utc(convert_column(values, time, contract.source)),
        }
    )
    # Feast answers only one of several rows that ask the same.
    different = asked.dropna().drop_duplicates()
    if different.empty:
        return pd.DataFrame(float("nan"), index=rows.index, columns=names)
    known = store.get_historical_features(different, [f"{VIEW}:{name}" for name in names]).to_df()
    known[KNOWN_FROM] = _as_utc(known[KNOWN_FROM])
    found = asked.merge(known, how="left", on=[ENTITY, KNOWN_FROM])
    return found[names].astype("float64").set_axis(rows.index)


def _materialize(store: FeatureStore) -> None:
    """Bring the newest features of every entity online."""
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        store.materialize(EPOCH, datetime.now(timezone.utc))


def _keys(values: pd.Series, entity: Column, contract: Contract) -> pd.Series:
    """Return the values of the entity as text, the same whatever they were read from; None for missing."""
    known = values.mask(is_missing(values, entity, contract.source))
    typed = convert_column(known, entity, contract.source)
    return typed.map(_as_key, na_action="ignore").astype(object).where(typed.notna(), None)


def _key(value: Any, entity: Column, contract: Contract) -> str | None:
    key = _keys(pd.Series([value], dtype=object), entity, contract).iloc[0]
    return None if key is None else str(key)


def _as_key(value: object) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _as_utc(times: pd.Series) -> pd.Series:
    # In microseconds, which every offline store knows.
    return pd.to_datetime(times, utc=True).dt.as_unit("us")


def _check_features(features: pd.DataFrame, rows: pd.DataFrame) -> None:
    there = [name for name in features.columns if name in rows.columns or name in (ENTITY, KNOWN_FROM)]
    if there:
        raise ProjectError(f"entity_features.py makes {listing(there)}, which is there already. Name it otherwise.")
    others = [name for name in features.columns if not pd.api.types.is_numeric_dtype(features[name])]
    if others or not len(features.columns):
        raise ProjectError(f"entity_features.py must make numbers; these are none: {listing(others) or 'no column'}.")


def _stay_silent() -> None:
    """Set what Feast reads when it is imported: nothing about this project is reported to anybody."""
    os.environ["FEAST_USAGE"] = "False"
    os.environ["DO_NOT_TRACK"] = "1"


def _folder(config: Config) -> Path:
    return config.root / "data" / "feature-store"
