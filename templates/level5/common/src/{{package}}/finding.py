"""What a guard has found."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Finding:
    """A guard that passes has no `decision`; `evidence` are the numbers that it looked at, either way."""

    decision: str | None = None
    reason: str = ""
    evidence: dict[str, Any] = field(default_factory=dict)


def days(seconds: float) -> float:
    """Return seconds as days, rounded for people."""
    return round(seconds / 86_400, 2)
