"""The ledger: what each retraining has cost and brought, compared with what was expected: monitoring/ledger.json."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from .table import replacing

if TYPE_CHECKING:
    from pathlib import Path

    from .config import Config

# What experience may make of an expectation at most, and at least.
HIGHEST = 1.5
LOWEST = 0.0


@dataclass(frozen=True)
class Entry:
    """One retraining: the decision that led to it, and money in the currency of roi.yaml.

    `gained` is the value of the new model's predictions less that of what the version before would have said about the
    same rows, within the horizon of policy.yaml.
    """

    decision: int
    version: int
    expected: float
    gained: float
    cost: float

    @property
    def net(self) -> float:
        return self.gained - self.cost


def ledger_file(config: Config) -> Path:
    return config.root / "monitoring" / "ledger.json"


def read_ledger(config: Config) -> list[Entry]:
    path = ledger_file(config)
    return [Entry(**each) for each in json.loads(path.read_text(encoding="utf-8"))] if path.is_file() else []


def write_ledger(config: Config, entries: list[Entry]) -> None:
    with replacing(ledger_file(config)) as temporary:
        temporary.write_text(json.dumps([asdict(each) for each in entries], indent=2) + "\n", encoding="utf-8")


def experience(config: Config) -> float:
    """Return what retrainings have brought over what was expected of them; 1 before the first."""
    entries = read_ledger(config)
    expected = sum(max(each.expected, 0.0) for each in entries)
    if expected <= 0:
        return 1.0
    return min(HIGHEST, max(LOWEST, sum(each.gained for each in entries) / expected))
