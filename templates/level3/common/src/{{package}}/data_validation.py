"""The step that checks the data before anything is trained on it.

Rows that break contract.yaml (schema skew) stop the pipeline with an exit code of their own. Values that have shifted
since the data that the champion was trained on (value skew) are flagged, and the pipeline goes on: a changed world is
a reason to train.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from .artifact import write_json
from .champion import read_alias
from .contract import load_contract
from .data import load_dataset
from .data_versions import current_data, data_versions, fetch_rows
from .drift import compare
from .errors import ProjectError
from .feature_table import describe
from .handoff import describe_input
from .table import convert, read_table

if TYPE_CHECKING:
    import pandas as pd

    from .config import Config
    from .contract import Contract
    from .data_versions import DataVersion

# Inputs that have changed less than this, in shares of the rows and PSI together, are not worth a word.
SMALLEST_CHANGE = 0.05


def validate_data(config: Config) -> None:
    """Write reports/data.json: statistics of every column, and which inputs have shifted.

    Raises:
        ContractError: rows break contract.yaml.
    """
    contract = load_contract(config)
    dataset = load_dataset(config, contract)
    version = current_data(config)
    assert version is not None
    before = _version_before(config, version[0])
    shifted = [] if before is None else _find_shifts(config, contract, before, dataset.inputs)
    columns = dataset.inputs.assign(**{contract.target: dataset.target})
    content: dict[str, Any] = {
        "version": version[0],
        "rows": len(dataset),
        "compared_with": None if before is None else before.name,
        "value_skew": shifted,
        "columns": describe(columns),
    }
    write_json(content, config.reports / "data.json")
    print(f"{len(dataset):,} rows keep the contract; {_in_words(shifted, before)}")


def _version_before(config: Config, name: str) -> DataVersion | None:
    """Return the data that the champion was trained on, or else the newest version before this one."""
    champion = read_alias(config.root)
    wanted = None if champion is None else champion.lineage.get("data_version")
    known = data_versions(config)
    return next((each for each in known if (each.name == wanted if wanted else each.name != name)), None)


def _find_shifts(
    config: Config, contract: Contract, version: DataVersion, inputs: pd.DataFrame
) -> list[dict[str, Any]]:
    """Return each input whose values have shifted, with what stands out."""
    with TemporaryDirectory() as temporary:
        path = Path(temporary) / "rows.parquet"
        try:
            fetch_rows(config, version, path)
        except ProjectError:
            # A version that only another machine has, and has not pushed.
            return []
        table = read_table(path, contract)
    # A column that contract.yaml did not have then cannot have shifted.
    columns = tuple(column for column in contract.columns if column.name in table.columns)
    shared = replace(contract, columns=columns)
    before, _ = convert(table, shared.inputs, contract.source)
    known = {"inputs": [describe_input(column, before[column.name], 0.0) for column in shared.inputs]}
    changes = compare(before, inputs, shared, known)
    return [
        {"input": each.name, "notes": each.notes} for each in changes if each.notes and each.score >= SMALLEST_CHANGE
    ]


def _in_words(shifted: list[dict[str, Any]], before: DataVersion | None) -> str:
    if before is None:
        return "there is nothing to compare the values with yet"
    if not shifted:
        return f"no input has shifted since {before.name}"
    notes = "; ".join(f"{each['input']}: {', '.join(each['notes'])}" for each in shifted[:3])
    count = "1 input" if len(shifted) == 1 else f"{len(shifted)} inputs"
    return f"VALUE SKEW in {count} since {before.name}: {notes}"
