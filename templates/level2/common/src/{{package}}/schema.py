"""The data contract as a pandera schema: which values each column may hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd
import pandera.pandas as pa
import yaml

from .contract import CONTRACT_FILE
from .convert import convert_column
from .errors import listing, shorten

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .config import Config
    from .contract import Column, Contract

EXAMPLES = 5
NUMBERS = ("numeric", "boolean")


@dataclass(frozen=True)
class Violation:
    """Values of one column that break a rule. `rows` counts from 1, the header left out."""

    column: str
    rule: str
    values: tuple[str, ...]
    rows: tuple[int, ...]

    def __str__(self) -> str:
        count = len(self.rows)
        more = ", …" if count > EXAMPLES else ""
        rows = ", ".join(str(row) for row in self.rows[:EXAMPLES]) + more
        broken = f"{count} values break" if count > 1 else "1 value breaks"
        where = "rows" if count > 1 else "row"
        examples = listing(self.values[:EXAMPLES])
        return f'column "{shorten(self.column)}": {broken} the rule "{self.rule}": {examples} ({where} {rows})'


def build_schema(config: Config, contract: Contract, columns: Iterable[Column], margin: float) -> pa.DataFrameSchema:
    """Return the schema of converted columns.

    Args:
        columns: the columns that are to be there; no other may be
        margin: how far a number may lie outside the range in contract.yaml, as a share of its width
    """
    facts = read_facts(config)
    return pa.DataFrameSchema(
        {column.name: _column_schema(column, contract, facts[column.name], margin) for column in columns},
        strict=True,
    )


def find_violations(table: pd.DataFrame, schema: pa.DataFrameSchema) -> list[Violation]:
    """Return what breaks the schema, column by column. Rows are told apart by their position."""
    numbered = table.reset_index(drop=True)
    try:
        schema.validate(numbered, lazy=True)
    except pa.errors.SchemaErrors as error:
        return _from_cases(error.failure_cases)
    return []


def read_facts(config: Config) -> dict[str, dict[str, Any]]:
    """Return what contract.yaml says about the values of each column."""
    content = yaml.safe_load((config.root / CONTRACT_FILE).read_text(encoding="utf-8"))
    return {entry["name"]: entry for entry in content["columns"]}


def allowed_range(low: float, high: float, margin: float) -> tuple[float, float]:
    """Widen a range by a share of its width at both ends, but not across zero: what was never negative stays so."""
    width = (high - low) * margin
    lower, upper = low - width, high + width
    return (max(0.0, lower) if low >= 0 else lower), (min(0.0, upper) if high <= 0 else upper)


def _column_schema(column: Column, contract: Contract, facts: dict[str, Any], margin: float) -> pa.Column:
    is_target = column.name == contract.target
    return pa.Column(
        _dtype(column),
        checks=_class_checks(column, contract) if is_target and contract.classes else _checks(column, facts, margin),
        # Parquet files may hold dates in other units.
        coerce=column.type == "date",
        nullable=is_target or column.type in ("ignore", "text") or float(facts.get("missing") or 0) > 0,
    )


def _dtype(column: Column) -> Any:
    if column.type in NUMBERS:
        return float
    return "datetime64[ns]" if column.type == "date" else object


def _checks(column: Column, facts: dict[str, Any], margin: float) -> list[pa.Check]:
    low, high = facts.get("min"), facts.get("max")
    if column.type == "numeric" and low is not None and high is not None:
        lower, upper = allowed_range(float(low), float(high), margin)
        return [pa.Check.in_range(lower, upper, error=f"range {lower:g} to {upper:g}")]
    if column.type == "categorical" and column.values and not facts.get("more_values"):
        return [pa.Check.isin(list(column.values), error=f"one of {listing(column.values)}")]
    return []


def _class_checks(column: Column, contract: Contract) -> list[pa.Check]:
    spelled = pd.Series(list(contract.classes), dtype=object)
    classes = convert_column(spelled, column, contract.source).dropna().tolist()
    return [pa.Check.isin(classes, error=f"one of {listing(contract.classes)}")]


def _from_cases(cases: pd.DataFrame) -> list[Violation]:
    names = cases["column"].where(cases["column"].notna(), cases["failure_case"]).astype(str)
    found = []
    for (name, check), group in cases.groupby([names, cases["check"].astype(str)], sort=False):
        rows = tuple(sorted(int(row) + 1 for row in group["index"].dropna()))
        values = tuple(str(value) for value in group["failure_case"].drop_duplicates()[:EXAMPLES])
        found.append(Violation(str(name), _in_words(str(check)), values, rows))
    return found


def _in_words(check: str) -> str:
    return "not missing" if check == "not_nullable" else check
