"""The record of decisions: monitoring/decisions.jsonl, one JSON object a line, only ever added to.

Each record holds the hash of the one before, so that none can be changed or taken out unnoticed. Who cannot record a
decision must not act on it: `append_decision` raises, and nothing happens.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from .errors import ProjectError
from .log import now

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from .config import Config

START = "0" * 64

# What the controller decides.
NO_ACTION = "NO_ACTION"
INVESTIGATE = "INVESTIGATE"
WAIT_FOR_LABELS = "WAIT_FOR_LABELS"
FIX_DATA = "FIX_DATA"
FIX_SERVING = "FIX_SERVING"
FIX_MODEL = "FIX_MODEL"
TALK_TO_BUSINESS = "TALK_TO_BUSINESS"
DEFER_COST = "DEFER_COST"
RETRAIN = "RETRAIN"
KEEP_CHAMPION = "KEEP_CHAMPION"
CONTINUE = "CONTINUE"
PROMOTE = "PROMOTE"
ROLLBACK = "ROLLBACK"
# An exercise of going back.
DRILL = "DRILL"
# A turn that could not be finished, such as when the registry does not answer.
FAILED = "FAILED"
# What people decide.
FREEZE = "FREEZE"
UNFREEZE = "UNFREEZE"
APPROVE = "APPROVE"
VETO = "VETO"


@dataclass(frozen=True)
class Decision:
    """What was decided, by which guard, and why. `cost` is money spent by it, in the currency of roi.yaml.

    `evidence` are the numbers that the guards looked at, `inputs` digests of what they came from, `action` what was
    done about it (or, in the mode recommend, should be).
    """

    decision: str
    guard: str
    reason: str
    evidence: dict[str, Any] = field(default_factory=dict)
    inputs: dict[str, str] = field(default_factory=dict)
    cost: float = 0.0
    action: str = ""


@dataclass(frozen=True)
class Recorded:
    """A decision in the file: numbered from 1, with the hash of the record before."""

    number: int
    at: str
    mode: str
    policy_version: str
    decision: str
    guard: str
    reason: str
    evidence: dict[str, Any]
    inputs: dict[str, str]
    cost: float
    action: str
    previous: str
    hash: str


def decisions_file(config: Config) -> Path:
    return config.root / "monitoring" / "decisions.jsonl"


def append_decision(
    config: Config, decision: Decision, *, mode: str, policy_version: str, at: str | None = None
) -> Recorded:
    """Add a record, durably, and return it. Several processes may do so at once.

    Args:
        mode: recommend or act, or `person` for what people decide

    Raises:
        ProjectError: a record before was changed; nothing is added then.
        OSError: the file cannot be written.
    """
    path = decisions_file(config)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+b") as file, _locked(file.fileno()):
        file.seek(0)
        content = file.read()
        records = _parse(content, path)
        # What follows the last line break is a record that a killed process did not finish.
        complete = content.rfind(b"\n") + 1
        if complete != len(content):
            file.truncate(complete)
        number, previous = len(records) + 1, records[-1].hash if records else START
        content_of = {
            "number": number,
            "at": at or now(),
            "mode": mode,
            "policy_version": policy_version,
            **asdict(decision),
            "previous": previous,
        }
        recorded = Recorded(**content_of, hash=_hash(content_of))
        file.write(_dump(asdict(recorded)).encode("utf-8", "surrogatepass") + b"\n")
        file.flush()
        os.fsync(file.fileno())
    return recorded


def read_decisions(config: Config) -> list[Recorded]:
    """Return all records, the oldest first, after checking that they are as they were written.

    Raises:
        ProjectError: one was changed or taken out; the message names the first.
    """
    path = decisions_file(config)
    return _parse(path.read_bytes(), path) if path.is_file() else []


def freeze_of(records: list[Recorded]) -> Recorded | None:
    """Return the freeze that holds, or None."""
    marks = [each for each in records if each.decision in (FREEZE, UNFREEZE)]
    return marks[-1] if marks and marks[-1].decision == FREEZE else None


def _parse(content: bytes, path: Path) -> list[Recorded]:
    records: list[Recorded] = []
    for place, line in enumerate(content.splitlines(keepends=True), 1):
        if not line.endswith(b"\n"):
            break
        try:
            fields = json.loads(line)
            record = Recorded(**fields)
        except (ValueError, TypeError) as error:
            raise _damaged(path, place, str(error)) from error
        claimed = fields.pop("hash")
        if record.number != place or record.previous != (records[-1].hash if records else START):
            raise _damaged(path, place, "a record before it was changed, or is missing")
        if claimed != _hash(fields):
            raise _damaged(path, place, "it is not as it was written")
        records.append(record)
    return records


def _damaged(path: Path, place: int, why: str) -> ProjectError:
    return ProjectError(
        f"{path}: record {place} cannot be trusted: {why}. Nothing is decided or done on such a record. Restore the "
        "file, or move it away to begin a new one, and say so to whoever relies on it."
    )


def _dump(content: dict[str, Any], **options: Any) -> str:
    """Return JSON; numbers of numpy are numbers, and what JSON does not know is text."""
    return json.dumps(content, ensure_ascii=False, default=_plain, **options)


def _plain(value: Any) -> Any:
    return value.item() if hasattr(value, "item") else str(value)


def _hash(content: dict[str, Any]) -> str:
    plain = _dump(content, sort_keys=True)
    return hashlib.sha256(plain.encode("utf-8", "surrogatepass")).hexdigest()


@contextmanager
def _locked(descriptor: int) -> Iterator[None]:
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    try:
        yield
    finally:
        fcntl.flock(descriptor, fcntl.LOCK_UN)
