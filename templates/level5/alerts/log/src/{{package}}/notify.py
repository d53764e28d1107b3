"""Tell people what the controller has decided: a line in the log of alerts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .alert_log import log_decision
from .telling import is_news

if TYPE_CHECKING:
    from .config import Config
    from .decision import Recorded


def notify(config: Config, recorded: Recorded) -> None:
    """Tell of a decision, if it is news."""
    if is_news(config, recorded):
        log_decision(config, recorded)
