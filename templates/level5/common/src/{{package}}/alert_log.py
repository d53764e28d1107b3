"""Alerts of the controller in the file that alerts of monitoring go to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .alerts import Alerts
from .settings import read_settings
from .telling import message_of

if TYPE_CHECKING:
    from .config import Config
    from .decision import Recorded


def log_decision(config: Config, recorded: Recorded) -> None:
    """Add a line; where mlops.yaml names no file, there is none."""
    name = read_settings(config, "alerts", Alerts).log
    if name is None:
        return
    path = config.root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as log:
        log.write(f"{recorded.at} {message_of(config, recorded)}\n")
