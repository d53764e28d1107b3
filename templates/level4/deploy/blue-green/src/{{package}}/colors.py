"""The two places that a version of the service can run in, in turns, behind one proxy: blue and green."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .environments import Environment

COLORS = ("blue", "green")
PROXY = "proxy"


def other_than(color: str | None) -> str:
    """Return where the next version goes."""
    return COLORS[1] if color == COLORS[0] else COLORS[0]


def port_of(environment: Environment, color: str) -> int:
    """Return the port on this machine, next to that of the environment."""
    return environment.port + 1 + COLORS.index(color)
