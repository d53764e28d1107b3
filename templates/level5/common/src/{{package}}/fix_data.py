"""Repair broken inputs of a period, or set the rows apart, and check again: names rows and columns.

data/repaired/PERIOD.csv      the rows once more with the values repaired, for make predict
data/quarantine/PERIOD.csv    the rows whose values cannot be repaired, with why
repairs.yaml                  the same for the data to learn from
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from .case import read_case
from .causes_in_inputs import affected_rows, broken_inputs, stuck_data
from .contract import load_contract
from .drift import compare
from .errors import ALERT, OK, InputError, shorten
from .log import query, read_log
from .override import record
from .repairs import REPAIRS_FILE, Repair, add_repair
from .spelling import spell_table
from .table import write_table

if TYPE_CHECKING:
    from pathlib import Path

    from .case import Case
    from .config import Config
    from .drift import Change

FIX_DATA = "FIX_DATA"
MOST_NAMED = 5


@dataclass(frozen=True)
class Fixed:
    """What was done about one input, in the predictions `ids`; without a factor their rows were set apart."""

    change: Change
    factor: float | None
    ids: list[str]

    def __str__(self) -> str:
        what = f"divided by {self.factor:g}" if self.factor is not None else "set apart"
        named = ", ".join(self.ids[:MOST_NAMED]) + (", …" if len(self.ids) > MOST_NAMED else "")
        return f'"{shorten(self.change.name, 30)}": {len(self.ids):,} values {what} ({named})'


def fix_data(config: Config, log: Path, period: str, who: str, reason: str) -> int:
    """Fix what is broken in a period, and return ALERT where it still is afterwards.

    Raises:
        InputError: nothing is broken that could be repaired here.
    """
    case = read_case(config, load_contract(config), log, period)
    broken = broken_inputs(case)
    if not broken:
        stuck = "; ".join(stuck_data(case))
        raise InputError(
            f"No input of {period} has broken values that explain worse predictions. "
            + (
                f"{stuck}. Have its source repaired; there is nothing to repair here."
                if stuck
                else "Look for another cause: make diagnose."
            )
        )
    fixed = [_fix(case, change) for change, _ in broken]
    inputs = _repaired(case, fixed)
    kept = inputs.drop(index=[each for fix in fixed if fix.factor is None for each in fix.ids])
    for fix, (_, explanation) in zip(fixed, broken, strict=True):
        print(f"Input      {fix}. {explanation}")
    for path in _write(case, fixed, kept):
        print(f"Written    {config.relative(path)}")
    _repair_training(case, log, fixed, who, reason)
    still = _still_broken(case, fixed, kept)
    print(f"Re-check   {'; '.join(still) if still else f'{len(kept):,} rows are as they were in the tests'}")
    counts = {fix.change.name: len(fix.ids) for fix in fixed}
    action = "; ".join(f"{name}: {count} values" for name, count in counts.items())
    record(config, FIX_DATA, who, reason, action=action, period=period, rows=counts, still_broken=still)
    return ALERT if still else OK


def _fix(case: Case, change: Change) -> Fixed:
    if change.factor is not None:
        return Fixed(change, change.factor, [str(each) for each in case.inputs.index])
    affected = affected_rows(case, change, case.inputs)
    return Fixed(change, None, [str(each) for each in case.inputs.index[affected]])


def _repaired(case: Case, fixed: list[Fixed]) -> pd.DataFrame:
    values = {fix.change.name: case.inputs[fix.change.name] / fix.factor for fix in fixed if fix.factor is not None}
    return case.inputs.assign(**values)


def _still_broken(case: Case, fixed: list[Fixed], kept: pd.DataFrame) -> list[str]:
    """Compare the fixed inputs with the test rows once more."""
    if kept.empty:
        return ["no row is left"]
    names = {fix.change.name for fix in fixed}
    changes = compare(case.before_inputs, kept, case.contract, case.artifact.signature)
    found = []
    for change in changes:
        if change.name not in names:
            continue
        if change.factor is not None or max(change.unseen, change.out_of_range) > 0.05:
            found.append(f'"{shorten(change.name, 30)}": {"; ".join(change.notes)}')
    return found


def _write(case: Case, fixed: list[Fixed], kept: pd.DataFrame) -> list[Path]:
    """Write the repaired rows and those set apart, spelled as contract.yaml has it."""
    config, contract, written = case.config, case.contract, []
    period = str(case.rows["period"].iloc[0])
    if any(fix.factor is not None for fix in fixed) and len(kept):
        path = config.root / "data" / "repaired" / f"{period}.csv"
        ids = case.row_ids.loc[kept.index]
        spelled = _id_columns(case, ids).join(spell_table(kept, contract.inputs, contract.source))
        path.parent.mkdir(parents=True, exist_ok=True)
        write_table(spelled.reset_index(drop=True), path, contract.source)
        written.append(path)
    apart = [
        pd.DataFrame(
            {
                "prediction_id": fix.ids,
                "input": fix.change.name,
                "value": case.inputs.loc[fix.ids, fix.change.name].astype(str).to_numpy(),
                "why": "; ".join(fix.change.notes),
            }
        )
        for fix in fixed
        if fix.factor is None
    ]
    if apart:
        path = config.root / "data" / "quarantine" / f"{period}.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        write_table(pd.concat(apart, ignore_index=True), path)
        written.append(path)
    return written


def _id_columns(case: Case, row_ids: pd.Series) -> pd.DataFrame:
    names = [column.name for column in case.contract.ids]
    values = [json.loads(text) if text else [None] * len(names) for text in row_ids]
    return pd.DataFrame(values, columns=names, index=row_ids.index).astype(str)


def _repair_training(case: Case, log: Path, fixed: list[Fixed], who: str, reason: str) -> None:
    """Write down what has to be repaired in the data to learn from."""
    with read_log(log) as connection:
        times = query(connection, "SELECT prediction_id, event_time FROM predictions").set_index("prediction_id")
    for fix in fixed:
        moments = pd.to_datetime(times.loc[fix.ids, "event_time"], format="ISO8601", utc=True).dt.tz_localize(None)
        begins, ends = str(moments.min()), str(moments.max())
        add_repair(case.config, Repair(fix.change.name, begins, ends, fix.factor, who, reason))
        print(f"Training   {REPAIRS_FILE} repairs rows from {begins} to {ends}: make data")
    if case.contract.time is None:
        print("           rows of the source have no time: correct them there, or in cleaning.py")
