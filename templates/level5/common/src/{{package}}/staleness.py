"""How old the data is: of each source since it delivered something new, of each input since it last changed.

How old it may be is in policy.yaml, section freshness. What is older is repaired, not learned from: FIX_DATA.
"""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import TYPE_CHECKING

import pandas as pd

from .artifact import read_reference
from .contract import load_contract
from .errors import ALERT, OK, ProjectError, shorten
from .log import read_log
from .outcomes import SECONDS_A_DAY
from .policy import read_policy
from .telemetry import changing_inputs

if TYPE_CHECKING:
    import argparse

    from .config import Config

# So many of the newest predictions are looked at.
MOST_ROWS = 20_000


@dataclass(frozen=True)
class Age:
    """How long a source has delivered nothing new, or an input has had one value; `limit` is how long it may."""

    name: str
    is_source: bool
    days: float
    limit: float | None

    @property
    def is_stale(self) -> bool:
        return self.limit is not None and self.days > self.limit

    def __str__(self) -> str:
        what = "has delivered nothing new" if self.is_source else "has had one value"
        return f'"{shorten(self.name, 40)}" {what} for {self.days:.2g} days; {self.limit:g} are allowed'


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = "Settings: the section freshness of policy.yaml."


def run(config: Config, _arguments: argparse.Namespace) -> int:
    found = ages(config, datetime.now(timezone.utc))
    for age in found:
        limit = "not watched" if age.limit is None else f"{age.limit:g} allowed"
        kind = "source" if age.is_source else "input"
        print(
            f"{'STALE' if age.is_stale else 'ok':<6} {kind:<7} {age.days:>8.2f} days  {limit:<14} {shorten(age.name)}"
        )
    stale = [age for age in found if age.is_stale]
    if stale:
        print(f"Decision   FIX_DATA, do not train again: {'; '.join(map(str, stale))}")
        return ALERT
    print("Decision   none: nothing is older than policy.yaml allows")
    return OK


def ages(config: Config, at: datetime) -> list[Age]:
    """Return the age of each source, and of each input that seldom has the same value twice or is watched."""
    limits = read_policy(config).freshness
    return [
        *(Age(name, True, days, limits.source_days) for name, days in _source_days(config, at).items()),
        *(Age(name, False, days, limits.inputs.get(name)) for name, days in _input_days(config, at).items()),
    ]


def stale_sources(config: Config, at: datetime) -> tuple[str, ...]:
    """Return, in words, the sources that have delivered nothing new for longer than they may."""
    limit = read_policy(config).freshness.source_days
    found = [Age(name, True, days, limit) for name, days in _source_days(config, at).items()]
    return tuple(str(age) for age in found if age.is_stale)


def _source_days(config: Config, at: datetime) -> dict[str, float]:
    """Return the days since the newest snapshot of each origin; one that has changed nothing takes none."""
    path = config.root / "data" / "runs.sqlite"
    if not path.is_file():
        return {}
    try:
        with closing(sqlite3.connect(path)) as connection:
            rows = connection.execute("SELECT origin, max(taken_at) FROM snapshots GROUP BY origin").fetchall()
    except sqlite3.Error as error:
        raise ProjectError(f"{config.relative(path)} cannot be read: {error}.") from error
    return {origin: _days(datetime.fromisoformat(taken), at) for origin, taken in rows}


def _input_days(config: Config, at: datetime) -> dict[str, float]:
    """Return the days since each input last had another value than in the prediction before."""
    if not config.prediction_log.is_file():
        return {}
    contract = load_contract(config)
    watched = read_policy(config).freshness.inputs
    names = sorted({*watched, *changing_inputs(read_reference(config.models)[1])})
    with read_log(config.prediction_log) as connection:
        statement = "SELECT timestamp, features FROM predictions ORDER BY rowid DESC LIMIT ?"
        rows = connection.execute(statement, (MOST_ROWS,)).fetchall()[::-1]
    if len(rows) < 2:
        return {}
    values = pd.DataFrame([json.loads(features) for _, features in rows])
    times = pd.to_datetime([timestamp for timestamp, _ in rows], format="ISO8601", utc=True)
    found = {}
    for column in contract.inputs:
        if column.name not in names or column.name not in values:
            continue
        series = values[column.name]
        changed = (series != series.shift()) & ~(series.isna() & series.shift().isna())
        found[column.name] = _days(times[changed.to_numpy().nonzero()[0][-1]].to_pydatetime(), at)
    return found


def _days(since: datetime, until: datetime) -> float:
    return max(0.0, (until - since).total_seconds() / SECONDS_A_DAY)
