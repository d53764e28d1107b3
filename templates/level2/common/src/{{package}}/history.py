"""The reports of before: one JSON file each in reports/history, by the time at which it was made."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from .artifact import write_json

if TYPE_CHECKING:
    from pathlib import Path

    from .config import Config


def history_folder(config: Config) -> Path:
    return config.reports / "history"


def read_history(config: Config) -> list[dict[str, Any]]:
    """Return the summaries of all reports, the oldest first; `made_at` says when each was made."""
    return [json.loads(path.read_text(encoding="utf-8")) for path in sorted(history_folder(config).glob("*.json"))]


def remember(config: Config, log: Path, summary: dict[str, Any]) -> None:
    """Keep a summary, unless it says the same as the newest one about the same prediction log."""
    entry = {"log": str(config.relative(log)), **summary}
    same_log = [each for each in read_history(config) if each["log"] == entry["log"]]
    if same_log and {**same_log[-1], "made_at": None, "actuals": None} == {**entry, "made_at": None, "actuals": None}:
        return
    made_at = datetime.now(timezone.utc)
    name = made_at.strftime("%Y-%m-%dT%H%M%S.%fZ.json")
    write_json({"made_at": made_at.isoformat(timespec="seconds"), **entry}, history_folder(config) / name)
