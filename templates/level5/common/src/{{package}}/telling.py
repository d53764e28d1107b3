"""What people are told of decisions, and when: what is new, and asks something of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .decision import KEEP_CHAMPION, NO_ACTION, read_decisions
from .override import PERSON

if TYPE_CHECKING:
    from .config import Config
    from .decision import Recorded

QUIET = (NO_ACTION, "CONTINUE", KEEP_CHAMPION)


def is_news(config: Config, recorded: Recorded) -> bool:
    """Tell whether a decision is to be told: not what asks nothing of anybody, and not the same once more."""
    if recorded.mode == PERSON:
        return False
    before = [each for each in read_decisions(config) if each.mode != PERSON and each.number < recorded.number]
    if recorded.decision in QUIET:
        # That it is over is news, too.
        return bool(before) and before[-1].decision not in QUIET
    return not before or (before[-1].decision, before[-1].guard) != (recorded.decision, recorded.guard)


def message_of(config: Config, recorded: Recorded) -> str:
    """Return a decision in one line."""
    action = f" -> {recorded.action}" if recorded.action else ""
    return f"{config.project.name}: {recorded.decision} (guard {recorded.guard}): {recorded.reason}{action}"
