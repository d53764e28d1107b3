"""What was deployed where, and by whose approval: deployments/history.jsonl and docs/approvals."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from .artifact import write_json
from .log import now

if TYPE_CHECKING:
    from pathlib import Path

    from .config import Config


@dataclass(frozen=True)
class Deployment:
    """One try to deploy. `state`: deployed, failed (the one before goes on), or torn down."""

    environment: str
    digest: str
    version: int
    state: str
    finding: str
    at: str


def remember(config: Config, environment: str, digest: str, version: int, state: str, finding: str) -> None:
    path = _history(config)
    path.parent.mkdir(parents=True, exist_ok=True)
    entry = Deployment(environment, digest, version, state, finding, now())
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(asdict(entry), ensure_ascii=False) + "\n")


def history(config: Config, environment: str) -> list[Deployment]:
    """Return the tries in an environment, the oldest first."""
    path = _history(config)
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    entries = [Deployment(**json.loads(line)) for line in lines]
    return [each for each in entries if each.environment == environment]


def live(config: Config, environment: str) -> Deployment | None:
    """Return what was deployed last, or None where nothing is."""
    for each in reversed(history(config, environment)):
        if each.state == "deployed":
            return each
        if each.state == "torn down":
            return None
    return None


def live_before(config: Config, environment: str) -> Deployment | None:
    """Return the latest deployment of another artifact than the one that is there now, or None."""
    now_there = live(config, environment)
    for each in reversed(history(config, environment)):
        if now_there and each.state == "deployed" and each.digest != now_there.digest:
            return each
    return None


def good_runs(config: Config, environment: str, digest: str) -> int:
    """Return how many of the latest tries in a row have gone well with an artifact."""
    count = 0
    for each in reversed(history(config, environment)):
        if each.state == "torn down":
            continue
        if each.state != "deployed" or each.digest != digest:
            break
        count += 1
    return count


def approval_file(config: Config, digest: str) -> Path:
    return config.root / "docs" / "approvals" / f"{digest[:12]}.json"


def read_approval(config: Config, digest: str) -> dict[str, Any] | None:
    """Return who approved an artifact for production, or None."""
    path = approval_file(config, digest)
    if not path.is_file():
        return None
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content if content.get("digest") == digest else None


def approve(config: Config, digest: str, version: int, who: str, reason: str) -> None:
    content = {"digest": digest, "version": version, "who": who, "reason": reason, "at": now()}
    write_json(content, approval_file(config, digest))


def _history(config: Config) -> Path:
    return config.root / "deployments" / "history.jsonl"
