"""The data contract: contract.yaml, which says what each column holds and how the file is written."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import yaml

from .errors import InputError, did_you_mean, shorten

if TYPE_CHECKING:
    from .config import Config

ColumnType = Literal["numeric", "categorical", "boolean", "date", "text", "id", "ignore"]

CONTRACT_FILE = "contract.yaml"
COLUMN_TYPES = ("numeric", "categorical", "boolean", "date", "text", "id", "ignore")


@dataclass(frozen=True)
class Source:
    """How the bytes of a data file are to be read."""

    path: str
    format: Literal["csv", "parquet"] = "csv"
    compression: Literal["none", "gzip"] = "none"
    encoding: str = "utf-8"
    delimiter: str = ","
    quote: str = '"'
    header: bool = True
    decimal: str = "."
    thousands: str = ""
    missing: tuple[str, ...] = ("",)


@dataclass(frozen=True)
class Column:
    """One column: its type, and what its type needs to be read."""

    name: str
    type: ColumnType
    format: str | None = None
    values: tuple[str, ...] = ()
    true: str | None = None
    # slot: column


@dataclass(frozen=True)
class Contract:
    """Every column of the data, and the roles that some of them play."""

    source: Source
    columns: tuple[Column, ...]
    target: str
    time: str | None = None
    positive: str | None = None
    classes: tuple[str, ...] = ()
    _by_name: dict[str, Column] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_name", {column.name: column for column in self.columns})

    def __getitem__(self, name: str) -> Column:
        return self._by_name[name]

    def __contains__(self, name: object) -> bool:
        return name in self._by_name

    @property
    def inputs(self) -> list[Column]:
        """The columns that the model may use."""
        unused = ("id", "ignore")
        return [each for each in self.columns if each.type not in unused and each.name != self.target]

    @property
    def ids(self) -> list[Column]:
        """The columns that say which row this is."""
        return [each for each in self.columns if each.type == "id" and each.name != self.target]

    @property
    def required(self) -> list[Column]:
        """The columns that a file to predict on must have."""
        return [each for each in self.columns if each in self.inputs or each in self.ids]


def load_contract(config: Config) -> Contract:
    """Read contract.yaml and check it against mlops.yaml.

    Raises:
        InputError: the contract is missing, or a field in it is wrong; the message names it.
    """
    content = _read(config)
    source = _source(content.get("source"))
    columns = tuple(_column(entry) for entry in content.get("columns") or [])
    contract = Contract(
        source=source,
        columns=columns,
        target=config.project.target,
        time=config.project.time,
        positive=_optional_text(content.get("positive")),
        classes=tuple(str(entry["value"]) for entry in content.get("classes") or []),
    )
    _check_roles(contract, config)
    return contract


def _read(config: Config) -> dict[str, Any]:
    path = config.root / CONTRACT_FILE
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise InputError(f"There is no {CONTRACT_FILE} beside mlops.yaml.") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise InputError(f"{CONTRACT_FILE} cannot be read: {error}") from error
    if not isinstance(content, dict):
        raise InputError(f"{CONTRACT_FILE} is empty.")
    return content


def _source(entry: Any) -> Source:
    if not isinstance(entry, dict) or not entry.get("path"):
        raise InputError(f"{CONTRACT_FILE}: source.path is missing.")
    known = {key: entry[key] for key in Source.__dataclass_fields__ if key in entry}
    missing = tuple(str(spelling) for spelling in known.pop("missing", None) or [""])
    return Source(**known, missing=missing)


def _column(entry: Any) -> Column:
    if not isinstance(entry, dict) or not isinstance(entry.get("name"), str):
        raise InputError(f"{CONTRACT_FILE}: a column has no name: {shorten(entry)}")
    name, kind = entry["name"], entry.get("type")
    if kind not in COLUMN_TYPES:
        expected = ", ".join(COLUMN_TYPES)
        message = f'column "{shorten(name)}" has the type {kind!r}; expected one of {expected}.'
        raise InputError(f"{CONTRACT_FILE}: {message}")
    values = tuple(str(value) for value in entry.get("values") or [])
    # YAML reads the key `true` as the truth value that it names.
    true = entry.get(True, entry.get("true"))
    column = Column(
        name,
        kind,
        entry.get("format"),
        values,
        _optional_text(true),
        # slot: column-values
    )
    _check_column(column)
    return column


def _check_column(column: Column) -> None:
    needs = {"date": ("format", column.format), "boolean": ("true", column.true)}
    key, value = needs.get(column.type, ("", ""))
    if value is None:
        message = f'column "{shorten(column.name)}" is a {column.type}, so it needs "{key}".'
        raise InputError(f"{CONTRACT_FILE}: {message}")


def _check_roles(contract: Contract, config: Config) -> None:
    names = [column.name for column in contract.columns]
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise InputError(f'{CONTRACT_FILE}: column "{shorten(twice)}" is there twice.')
    for role, name in (("target", contract.target), ("time", contract.time)):
        if name is not None and name not in contract:
            hint = did_you_mean(name, names)
            raise InputError(f'{CONTRACT_FILE} has no column "{shorten(name)}", the {role}{hint}.')
    if contract.time is not None and contract[contract.time].type != "date":
        raise InputError(
            f'{CONTRACT_FILE}: column "{shorten(contract.time)}" orders the rows in time, so its type must be date.'
        )
    if not contract.inputs:
        raise InputError(f"{CONTRACT_FILE}: no column is left for the model to use.")
    if config.project.task == "binary" and contract.positive is None:
        raise InputError(f'{CONTRACT_FILE}: "positive" is missing: the class that counts as yes.')


def _optional_text(value: Any) -> str | None:
    if value is None:
        return None
    return str(value).lower() if isinstance(value, bool) else str(value)
