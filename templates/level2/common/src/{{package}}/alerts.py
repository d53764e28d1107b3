"""Tell somebody about an ALERT, besides the exit code: a line in a log, and a message to a webhook."""

from __future__ import annotations

import json
import os
import sys
import urllib.request
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from .settings import read_settings

if TYPE_CHECKING:
    from .config import Config

TIMEOUT_SECONDS = 10


@dataclass(frozen=True)
class Alerts:
    """The section `alerts` of mlops.yaml."""

    log: str | None = "reports/alerts.log"
    webhook: str = "ALERT_WEBHOOK"


def send_alert(config: Config, summary: dict[str, Any]) -> None:
    """Report an ALERT; drift alone, or too few labels, is none. A webhook that fails is said, and changes nothing."""
    if summary["verdict"] != "ALERT" or summary["is_example"]:
        return
    settings = read_settings(config, "alerts", Alerts)
    message = f"{config.project.name}: ALERT in {summary['period']}: {summary['reason']}"
    if settings.log is not None:
        path = config.root / settings.log
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8") as log:
            log.write(f"{datetime.now(timezone.utc).isoformat(timespec='seconds')} {message}\n")
    url = os.environ.get(settings.webhook)
    if url:
        _post(url, {"text": message, "verdict": summary["verdict"], "period": summary["period"]})


def _post(url: str, content: dict[str, Any]) -> None:
    body = json.dumps(content).encode()
    try:
        request = urllib.request.Request(url, body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS):
            pass
    except (OSError, ValueError) as error:
        print(f"warning: the alert could not be sent to the webhook: {error}", file=sys.stderr)
