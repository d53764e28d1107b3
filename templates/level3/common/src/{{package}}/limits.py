"""The contract's rules for single rows: those of the schema for tables, read from it once."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from .enforce import read_rules
from .schema import build_schema

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandera.pandas as pa

    from .config import Config
    from .contract import Contract
    from .rows import Value


class Limits:
    """Tells which inputs of a row break contract.yaml."""

    def __init__(self, config: Config, contract: Contract) -> None:
        self.schema = build_schema(config, contract, contract.inputs, read_rules(config).range_margin)
        self._rules = [(str(name), _rule(column)) for name, column in self.schema.columns.items()]

    def broken_by(self, values: dict[str, Value]) -> list[str]:
        return [name for name, is_kept in self._rules if not is_kept(values[name])]


def _rule(column: pa.Column) -> Callable[[Value], bool]:
    nullable = column.nullable
    if not column.checks:
        return lambda value: nullable or not _is_missing(value)
    facts = column.checks[0].statistics
    if "allowed_values" in facts:
        allowed = frozenset(facts["allowed_values"])
        return lambda value: nullable if value is None else value in allowed
    low, high = facts["min_value"], facts["max_value"]
    # A comparison with NaN is false.
    return lambda value: low <= value <= high or (nullable and _is_missing(value))  # type: ignore[operator]


def _is_missing(value: Value) -> bool:
    return value is None or (isinstance(value, float) and math.isnan(value))
