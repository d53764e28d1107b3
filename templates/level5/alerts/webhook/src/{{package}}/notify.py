"""Tell people what the controller has decided: a line in the log of alerts, and a message to a webhook.

The message is put into monitoring/outbox first, and leaves it when it has arrived. So one that does not arrive today
is sent again with the next decision, and no decision waits for it longer than a few seconds.
"""

from __future__ import annotations

import json
import os
import sys
import time
import urllib.error
import urllib.request
from dataclasses import asdict
from typing import TYPE_CHECKING

from .alert_log import log_decision
from .alerts import Alerts
from .artifact import write_json
from .settings import read_settings
from .telling import is_news, message_of

if TYPE_CHECKING:
    from pathlib import Path

    from .config import Config
    from .decision import Recorded

TRIES = 3
TIMEOUT_SECONDS = 3.0
# Between the first tries; then each takes twice as long.
PAUSE_SECONDS = 0.5
# All messages together: what is left then waits for the next time.
BUDGET_SECONDS = 12.0
# A receiver that says so will take the same message later.
LATER = (408, 425, 429)


def notify(config: Config, recorded: Recorded) -> None:
    """Tell of a decision, if it is news, and send again what has not arrived yet. Never fails."""
    try:
        if is_news(config, recorded):
            log_decision(config, recorded)
            _put(config, recorded)
        send_waiting(config)
    except OSError as error:
        _warn(f"the alert could not be kept: {error}")


def send_waiting(config: Config) -> int:
    """Send what is in the outbox, the oldest first, and return how many messages still wait."""
    url = os.environ.get(read_settings(config, "alerts", Alerts).webhook)
    waiting = sorted(outbox(config).glob("*.json"))
    if not url:
        if waiting:
            _warn(f"{len(waiting)} alerts wait: {read_settings(config, 'alerts', Alerts).webhook} is not set")
        return len(waiting)
    deadline = time.monotonic() + BUDGET_SECONDS
    for place, path in enumerate(waiting):
        problem = _send(url, path, deadline)
        if problem is not None:
            _warn(f"{len(waiting) - place} alerts wait for the next time: {problem}")
            return len(waiting) - place
    return 0


def outbox(config: Config) -> Path:
    return config.root / "monitoring" / "outbox"


def _put(config: Config, recorded: Recorded) -> None:
    content = {"text": message_of(config, recorded), "project": config.project.name, **asdict(recorded)}
    outbox(config).mkdir(parents=True, exist_ok=True)
    write_json(content, outbox(config) / f"{recorded.number:08}.json")


def _send(url: str, path: Path, deadline: float) -> str | None:
    """Send a message, and return why it did not arrive, or None: then it has left the outbox, or is set aside."""
    content = json.loads(path.read_text(encoding="utf-8"))
    # With the hash of the record, a receiver that was sent a message twice can tell.
    headers = {"Content-Type": "application/json", "Idempotency-Key": content["hash"]}
    problem = "no time was left"
    for attempt in range(TRIES):
        left = deadline - time.monotonic()
        if left <= 0:
            break
        try:
            request = urllib.request.Request(url, json.dumps(content).encode(), headers)
            with urllib.request.urlopen(request, timeout=min(TIMEOUT_SECONDS, left)):
                path.unlink()
                return None
        except urllib.error.HTTPError as error:
            problem = f"the webhook answered {error.code}"
            if error.code < 500 and error.code not in LATER:
                path.rename(path.with_suffix(".refused"))
                _warn(f"{problem}, so {path.stem} is not sent again")
                return None
        except (OSError, ValueError) as error:
            problem = f"the webhook cannot be reached: {error}"
        time.sleep(max(0.0, min(PAUSE_SECONDS * 2**attempt, deadline - time.monotonic())))
    return problem


def _warn(text: str) -> None:
    print(f"warning: {text}", file=sys.stderr)
