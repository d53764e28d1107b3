"""Who answered what in a rollout: monitoring/exposures/ROLLOUT.jsonl, one line a row, before the answer is given.

A line holds the time, the prediction's id, a hash of the key, percent of the keys that the candidate had, the version
that the key was given (`assigned`), the one that answered (`version`: the champion where the candidate failed) and its
score. In a shadow it holds the score that nobody was told as well, or the error in place of it.
"""

from __future__ import annotations

import hashlib
import json
from io import FileIO
from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    from pathlib import Path


class ExposureLog:
    """Appends lines; each is one write, so several processes may do it at once."""

    def __init__(self, root: Path, rollout_id: str) -> None:
        path = exposure_file(root, rollout_id)
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = FileIO(path, "ab")

    def append(self, entries: list[dict[str, Any]]) -> None:
        """Append entries.

        Raises:
            OSError: the disk is full, for instance.
        """
        content = "".join(json.dumps(entry) + "\n" for entry in entries).encode()
        if self._file.write(content) < len(content):
            raise OSError("the log of exposures could not be written: the disk is full.")


def exposure_file(root: Path, rollout_id: str) -> Path:
    return root / "monitoring" / "exposures" / f"{rollout_id}.jsonl"


def hashed(key: str) -> str:
    """Return what stands for a key in the log: keys may be personal."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def read_exposures(root: Path, rollout_id: str) -> pd.DataFrame:
    """Return all exposures of a rollout, in their order; a line that was not written to its end is left out."""
    columns = ["at", "prediction_id", "key", "percent", "assigned", "version", "score", "shadow_score", "shadow_error"]
    path = exposure_file(root, rollout_id)
    entries = []
    for line in path.read_text(encoding="utf-8").splitlines() if path.is_file() else []:
        try:
            entries.append(json.loads(line))
        except ValueError:
            continue
    return pd.DataFrame(entries, columns=columns)
