"""What a version may take: the section `budgets` of mlops.yaml."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .settings import expect, is_number, read_settings

if TYPE_CHECKING:
    from .config import Config

# No load test takes longer, whatever the settings say.
MOST_SECONDS = 60


@dataclass(frozen=True)
class Budgets:
    """Load in clients and seconds, answers a second, p95 in milliseconds; factors beside what was recorded."""

    clients: int = 4
    seconds: float = 3
    qps: float = 20
    p95_ms: float = 250
    slower: float = 2.0
    memory: float = 1.5


def read_budgets(config: Config) -> Budgets:
    budgets = read_settings(config, "budgets", Budgets)
    limits = {
        "clients": (1, 64, "a number from 1 to 64"),
        "seconds": (0.5, MOST_SECONDS, f"a number from 0.5 to {MOST_SECONDS}"),
        "qps": (0, 1e6, "a number of at least 0"),
        "p95_ms": (0, 1e6, "a number of at least 0"),
        "slower": (1, 100, "a number from 1 to 100"),
        "memory": (1, 100, "a number from 1 to 100"),
    }
    for name, (low, high, expected) in limits.items():
        value = getattr(budgets, name)
        expect(is_number(value, low, high), f"budgets.{name}", value, expected)
    return budgets
