"""Inputs that have stood still for longer than policy.yaml allows: their source has stopped."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

from .errors import InputError, did_you_mean, shorten
from .policy import POLICY_FILE

if TYPE_CHECKING:
    import sqlite3
    from datetime import datetime

    from .contract import Contract
    from .policy import Policy

# A handful of rows may be alike by chance.
FEWEST_ROWS = 30


def find_stale(connection: sqlite3.Connection, contract: Contract, policy: Policy, now: datetime) -> tuple[str, ...]:
    """Return, in words, the inputs that had one value in all predictions for longer than they may.

    Raises:
        InputError: policy.yaml names an input that the contract has not.
    """
    found = []
    names = [column.name for column in contract.inputs]
    for name, days in policy.freshness.inputs.items():
        if name not in names:
            raise InputError(f"{POLICY_FILE}: freshness.inputs names {name!r}, no input{did_you_mean(name, names)}.")
        since = (now - timedelta(days=days)).isoformat(timespec="milliseconds")
        rows = connection.execute("SELECT features FROM predictions WHERE timestamp > ?", (since,)).fetchall()
        values = {json.dumps(json.loads(row[0]).get(name)) for row in rows}
        if len(rows) >= FEWEST_ROWS and len(values) == 1:
            value = shorten(values.pop(), 30)
            found.append(
                f'"{shorten(name, 30)}" was {value} in all {len(rows):,} predictions of the last {days:g} days'
            )
    return tuple(found)
