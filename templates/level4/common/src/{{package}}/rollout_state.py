"""The rollout that is under way: models/rollout.json, which the service watches, and which version a key gets.

It is written as one rename, by the command `rollout` and by a service whose guards stop a candidate.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from .artifact import write_json
from .champion import Version
from .errors import ProjectError
from .log import now

Mode = Literal["shadow", "canary", "ab"]
Status = Literal["running", "stopped", "finished"]


@dataclass(frozen=True)
class Rollout:
    """A candidate beside the champion. `percent` of the keys are answered by the candidate; of a shadow none are.

    `guards` and `experiment` are what rollout.yaml said when it began.
    """

    id: str
    mode: Mode
    status: Status
    champion: int
    candidate: int
    run_id: str
    folder: str
    lineage: dict[str, Any]
    percent: float
    key: str | None
    started_at: str
    step_at: str
    reason: str | None = None
    guards: dict[str, Any] = field(default_factory=dict)
    experiment: dict[str, Any] = field(default_factory=dict)

    @property
    def runs(self) -> bool:
        return self.status == "running"

    def version(self, root: Path) -> Version:
        return Version(self.candidate, self.run_id, root / self.folder, self.lineage)

    def gives_candidate(self, key: str) -> bool:
        """Tell whether the candidate answers a key; who is in a small share is in every larger one too."""
        return self.mode != "shadow" and position(self.id, key) < self.percent / 100


def position(salt: str, key: str) -> float:
    """Return where a key lies, evenly spread from 0 to 1; the salt makes rollouts independent of each other."""
    digest = hashlib.sha256(f"{salt}\0{key}".encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest[:8], "big") / 2**64


def rollout_file(root: Path) -> Path:
    return root / "models" / "rollout.json"


def read_rollout(root: Path) -> Rollout | None:
    """Return the latest rollout, or None before the first.

    Raises:
        ProjectError: the file is damaged.
    """
    path = rollout_file(root)
    try:
        return Rollout(**json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    except (ValueError, TypeError) as error:
        raise ProjectError(f"{path} is damaged: {error!r}. Remove it; the champion then answers alone.") from error


def write_rollout(root: Path, rollout: Rollout) -> None:
    """Let services know of a rollout, and add what it has become to its history in monitoring/rollouts.jsonl."""
    write_json(asdict(rollout), rollout_file(root))
    history = root / "monitoring" / "rollouts.jsonl"
    history.parent.mkdir(parents=True, exist_ok=True)
    kept = ("id", "mode", "status", "champion", "candidate", "percent", "reason")
    entry = {"at": now(), **{name: getattr(rollout, name) for name in kept}}
    with history.open("a", encoding="utf-8") as file:
        file.write(json.dumps(entry, ensure_ascii=False) + "\n")


def stop_rollout(root: Path, rollout: Rollout, reason: str) -> Rollout:
    """Stop a rollout, unless it has ended or another one runs by now."""
    current = read_rollout(root)
    if current is None or current.id != rollout.id or not current.runs:
        return rollout if current is None else current
    stopped = replace(current, status="stopped", reason=reason)
    write_rollout(root, stopped)
    return stopped
