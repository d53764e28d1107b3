"""The columns that the feature store brings: `stored: true` in contract.yaml, where the first `make data` adds them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import yaml

from .contract import CONTRACT_FILE
from .errors import InputError
from .settings import expect, is_number, read_settings
from .table import replacing

if TYPE_CHECKING:
    import pandas as pd

    from .config import Config
    from .contract import Column, Contract

# A column that says whose rows they are has several rows for each value.
LEAST_ROWS = 20
MOST_DAYS = 36_500
# An entity that was never seen before has no history.
LEAST_MISSING = 0.0001


@dataclass(frozen=True)
class Settings:
    """The section `feature_store` of mlops.yaml."""

    entity: str = "auto"
    known_after_days: float = 1.0


def read_stored(config: Config) -> Settings:
    settings = read_settings(config, "feature_store", Settings)
    days = settings.known_after_days
    is_valid = is_number(days, 0, MOST_DAYS) and days > 0
    expect(is_valid, "feature_store.known_after_days", days, f"a number above 0, at most {MOST_DAYS:,}")
    return settings


def has_store(config: Config) -> bool:
    """Tell whether there is a store; a folder that only holds a sample, as for tests, has none."""
    return (config.root / "feature_repo").is_dir()


def stored_columns(contract: Contract) -> list[Column]:
    return [column for column in contract.columns if column.stored]


def without_stored(contract: Contract) -> Contract:
    """Return the contract of what the source has: all but the columns that the feature store brings."""
    return replace(contract, columns=tuple(column for column in contract.columns if not column.stored))


def find_entity(config: Config, contract: Contract) -> Column:
    """Return the column that says whose rows they are.

    Raises:
        InputError: there is no time column, so nothing is earlier than anything; or no column can be the entity.
    """
    if contract.time is None:
        raise InputError(
            "A feature store needs the time of each row, and project.time in mlops.yaml is null. Name the column "
            "there, or do without the store: create-mlops set features=none."
        )
    name = read_stored(config).entity
    if name != "auto":
        usable = [each.name for each in contract.required if each.name != contract.time and not each.stored]
        expect(name in usable, "feature_store.entity", name, f"auto, or one of {', '.join(usable)}")
        return contract[name]
    content = yaml.safe_load((config.root / CONTRACT_FILE).read_text(encoding="utf-8"))
    facts = {entry["name"]: entry for entry in content["columns"]}
    rows = int(content.get("rows") or 0)
    found = [each for each in contract.ids if _comes_again(facts[each.name], rows)] or sorted(
        (each for each in contract.inputs if _is_key(each, contract, facts[each.name], rows)),
        key=lambda each: -int(facts[each.name]["distinct"]),
    )
    if not found:
        raise InputError(
            "No column says whose history the feature store holds: no id in contract.yaml occurs again. Name a column "
            "in mlops.yaml, feature_store.entity, or do without the store: create-mlops set features=none."
        )
    return found[0]


def add_to_contract(config: Config, features: pd.DataFrame) -> None:
    """Write the features that contract.yaml does not know yet at the end of its columns; all else stays."""
    # Only a machine that collects data has it.
    from ruamel.yaml import YAML

    path = config.root / CONTRACT_FILE
    editor = YAML()
    editor.preserve_quotes = True
    editor.width = 4096
    editor.indent(mapping=2, sequence=4, offset=2)
    content = editor.load(path.read_text(encoding="utf-8"))
    known = [entry["name"] for entry in content["columns"]]
    added = [name for name in features.columns if name not in known]
    content["columns"].extend(_describe(features[name]) for name in added)
    if added:
        with replacing(path) as temporary, temporary.open("w", encoding="utf-8") as file:
            editor.dump(content, file)
        print(f"Contract   contract.yaml has the features of the store now: {', '.join(added)}")


def _describe(values: pd.Series) -> dict[str, Any]:
    known = values.dropna()
    entry = {
        "name": str(values.name),
        "type": "numeric",
        "stored": True,
        "missing": max(LEAST_MISSING, round(float(values.isna().mean()), 4)),
        "distinct": int(known.nunique()),
    }
    return entry | ({"min": float(known.min()), "max": float(known.max())} if len(known) else {})


def _comes_again(facts: dict[str, Any], rows: int) -> bool:
    return 0 < int(facts.get("distinct") or 0) * 2 <= rows


def _is_key(column: Column, contract: Contract, facts: dict[str, Any], rows: int) -> bool:
    discrete = column.type == "categorical" or (column.type == "numeric" and bool(facts.get("integer")))
    return discrete and not column.stored and 1 < int(facts.get("distinct") or 0) * LEAST_ROWS <= rows
