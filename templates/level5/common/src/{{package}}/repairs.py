"""Repairs of the data to learn from: repairs.yaml, applied each time that rows are collected and cleaned.

A source seldom corrects what it has delivered. So the repair is written down, with who and why, and made again on the
way from the snapshots, which stay as they were taken. Logged predictions are repaired by their own time wherever they
are to be learned from.
"""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pandas as pd
import yaml

from .drift import unit_change
from .errors import InputError, did_you_mean, shorten

if TYPE_CHECKING:
    from pathlib import Path

    from .config import Config
    from .contract import Contract
    from .enforce import Checked

REPAIRS_FILE = "repairs.yaml"
FIELDS = ("input", "begins", "ends", "divide_by", "who", "why")


@dataclass(frozen=True)
class Repair:
    """Values of one input in a stretch of time, which are divided by a factor; without one, the rows are left out.

    `begins` and `ends` are times of the time column, both included; without one, times of predictions.
    """

    input: str
    begins: str
    ends: str
    divide_by: float | None
    who: str
    why: str


def read_repairs(config: Config) -> list[Repair]:
    """Return what repairs.yaml says.

    Raises:
        InputError: an entry is no repair; the message says why.
    """
    path = _file(config)
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8")) if path.is_file() else {}
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise InputError(f"{REPAIRS_FILE} cannot be read: {error}") from error
    return [_checked(entry) for entry in (content or {}).get("repairs") or []]


def add_repair(config: Config, repair: Repair) -> None:
    """Write down a repair, once; what people have written in the file stays."""
    path = _file(config)
    if repair in read_repairs(config):
        return
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    entry = yaml.safe_dump([asdict(repair)], sort_keys=False, allow_unicode=True, width=10_000)
    entry = "".join(f"  {line}\n" for line in entry.splitlines())
    head = text.replace("repairs: []\n", "repairs:\n") if "repairs:" in text else f"{text}repairs:\n"
    path.write_text(head.rstrip("\n") + "\n" + entry, encoding="utf-8")


def repair_all(config: Config, contract: Contract, checked: list[Checked]) -> list[Checked]:
    """Repair the collected rows of all snapshots. Without a time column nobody knows which of them are meant."""
    repairs = _repairs_of(config, contract)
    if contract.time is None:
        return checked
    repaired = []
    for each in checked:
        typed, done = repair_rows(each.typed, each.typed[contract.time], repairs)
        repaired.append(replace(each, typed=typed))
        print("".join(f"Repair     {line}\n" for line in done), end="")
    return repaired


def repair_logged(config: Config, contract: Contract, inputs: pd.DataFrame, times: pd.Series) -> pd.DataFrame:
    """Return inputs of logged predictions, repaired; rows that cannot be are left out.

    Args:
        times: the event times of the same rows, as the log has them
    """
    repairs = _repairs_of(config, contract)
    if not repairs:
        return inputs
    moments = pd.to_datetime(times, format="ISO8601", utc=True).dt.tz_localize(None)
    repaired, _ = repair_rows(inputs, moments.set_axis(inputs.index), repairs)
    return repaired


def repair_rows(rows: pd.DataFrame, times: pd.Series, repairs: list[Repair]) -> tuple[pd.DataFrame, list[str]]:
    """Return the rows as repairs leave them, and what was done.

    Args:
        times: when each row was, without a time zone
    """
    done = []
    for repair in repairs:
        concerned = times[rows.index].between(pd.Timestamp(repair.begins), pd.Timestamp(repair.ends))
        if not concerned.any():
            continue
        name = f'"{shorten(repair.input, 30)}"'
        if repair.divide_by is None:
            rows = rows[~concerned]
            done.append(f"{name}: {concerned.sum():,} rows left out, {repair.begins} to {repair.ends}")
        elif unit_change(rows.loc[~concerned, repair.input], rows.loc[concerned, repair.input]) == repair.divide_by:
            values = rows[repair.input].where(~concerned, rows[repair.input] / repair.divide_by)
            rows = rows.assign(**{repair.input: values})
            done.append(f"{name}: {concerned.sum():,} values divided by {repair.divide_by:g}")
        else:
            done.append(f"{name}: nothing to do; the source has corrected its values")
    return rows, done


def repairs_digest(config: Config) -> str:
    """Return a checksum of the repairs, of which the clean rows depend."""
    return hashlib.sha256(repr(read_repairs(config)).encode()).hexdigest()


def _repairs_of(config: Config, contract: Contract) -> list[Repair]:
    repairs = read_repairs(config)
    names = [column.name for column in contract.inputs]
    for repair in repairs:
        if repair.input not in names:
            hint = did_you_mean(repair.input, names)
            raise InputError(f'{REPAIRS_FILE}: there is no input "{shorten(repair.input)}"{hint}.')
    return repairs


def _checked(entry: Any) -> Repair:
    if not isinstance(entry, dict):
        raise InputError(f"{REPAIRS_FILE}: {entry!r} is no repair; expected {', '.join(FIELDS)}.")
    for name in entry:
        if name not in FIELDS:
            raise InputError(f"{REPAIRS_FILE}: there is no setting {name}{did_you_mean(str(name), FIELDS)}.")
    missing = [name for name in FIELDS if name not in entry]
    if missing:
        raise InputError(f"{REPAIRS_FILE}: a repair lacks {', '.join(missing)}.")
    repair = Repair(**entry)
    factor = repair.divide_by
    if factor is not None and (isinstance(factor, bool) or not isinstance(factor, (int, float)) or factor <= 0):
        raise InputError(f"{REPAIRS_FILE}: divide_by is {factor!r}; expected a number above 0, or null.")
    return replace(repair, begins=_time(repair.begins, "begins"), ends=_time(repair.ends, "ends"))


def _time(value: object, name: str) -> str:
    try:
        return str(pd.Timestamp(value if isinstance(value, datetime) else str(value)))
    except ValueError as error:
        raise InputError(f"{REPAIRS_FILE}: {name} is {value!r}; expected a time.") from error


def _file(config: Config) -> Path:
    return config.root / REPAIRS_FILE
