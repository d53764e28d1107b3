"""The contract enforced: when data is collected, when the model is trained, and when it predicts."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .errors import ContractError
from .schema import Violation, build_schema, find_violations
from .settings import expect, is_number, read_settings
from .table import check_columns, convert

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from .config import Config
    from .contract import Contract
    from .table import Malformed


@dataclass(frozen=True)
class Rules:
    """The section `data` of mlops.yaml: what happens to rows that break contract.yaml."""

    on_violation: str = "quarantine"
    max_quarantined: float = 0.01
    on_predict: str = "warn"
    range_margin: float = 1.0


@dataclass(frozen=True)
class Checked:
    """The rows of one file: as text and converted, those that break the contract set apart."""

    text: pd.DataFrame
    typed: pd.DataFrame
    quarantined: pd.DataFrame
    violations: list[Violation]


def read_rules(config: Config) -> Rules:
    rules = read_settings(config, "data", Rules)
    expect(rules.on_violation in ("quarantine", "stop"), "data.on_violation", rules.on_violation, "quarantine or stop")
    expect(rules.on_predict in ("warn", "stop"), "data.on_predict", rules.on_predict, "warn or stop")
    share, margin = rules.max_quarantined, rules.range_margin
    expect(is_number(share, 0, 1), "data.max_quarantined", share, "a number from 0 to 1")
    expect(is_number(margin, 0, 1e9), "data.range_margin", margin, "a number of at least 0")
    return rules


def check_collected(config: Config, contract: Contract, table: pd.DataFrame, path: Path) -> Checked:
    """Check rows that were collected, and set those apart that break the contract.

    Raises:
        ContractError: a column is missing or unknown, or more rows break the contract than mlops.yaml allows.
    """
    rules = read_rules(config)
    check_columns(table, contract, contract.columns, path)
    table = table[[column.name for column in contract.columns]]
    typed, malformed = convert(table, contract.columns, contract.source)
    violations = [_of_type(each) for each in malformed]
    unreadable = {(each.column.name, row) for each in malformed for row in each.rows}
    schema = build_schema(config, contract, contract.columns, rules.range_margin)
    for found in find_violations(typed, schema):
        rows = tuple(row for row in found.rows if (found.column, row) not in unreadable)
        if rows or not found.rows:
            violations.append(Violation(found.column, found.rule, found.values, rows))
    bad = sorted({row - 1 for each in violations for row in each.rows})
    limit = rules.max_quarantined * len(table) if rules.on_violation == "quarantine" else 0
    if len(bad) > limit or any(not each.rows for each in violations):
        allowed = f", and at most {rules.max_quarantined:.1%} may be" if rules.on_violation == "quarantine" else ""
        raise ContractError(
            f"{path}: {len(bad):,} of {len(table):,} rows break contract.yaml{allowed}.\n{_lines(violations)}\n"
            "Correct the data at its source, or the column in contract.yaml."
        )
    good = [row for row in range(len(table)) if row not in set(bad)] if bad else slice(None)
    return Checked(table.iloc[good], typed.iloc[good], table.iloc[bad], violations)


def check_training(config: Config, contract: Contract, inputs: pd.DataFrame, path: Path) -> None:
    """Check the inputs that the model is to be trained on.

    Raises:
        ContractError: a value breaks the contract.
    """
    violations = _violations(config, contract, inputs)
    if violations:
        raise ContractError(f"{path} breaks contract.yaml, so nothing was trained.\n{_lines(violations)}")


def check_prediction(config: Config, contract: Contract, inputs: pd.DataFrame, path: Path) -> None:
    """Check the inputs to predict on: a warning, or a stop, as mlops.yaml has it.

    Raises:
        ContractError: a value breaks the contract, and data.on_predict is `stop`.
    """
    violations = _violations(config, contract, inputs)
    if not violations:
        return
    if read_rules(config).on_predict == "stop":
        raise ContractError(f"{path} breaks contract.yaml, so nothing was predicted.\n{_lines(violations)}")
    print(f"warning: {path} breaks contract.yaml; predictions may be poor.\n{_lines(violations)}", file=sys.stderr)


def _of_type(malformed: Malformed) -> Violation:
    column = malformed.column
    return Violation(column.name, f"type {column.type}", tuple(dict.fromkeys(malformed.values)), tuple(malformed.rows))


def _violations(config: Config, contract: Contract, inputs: pd.DataFrame) -> list[Violation]:
    return find_violations(inputs, build_schema(config, contract, contract.inputs, read_rules(config).range_margin))


def _lines(violations: list[Violation]) -> str:
    return "\n".join(f"  {each}" for each in violations)
