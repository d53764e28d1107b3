"""The model that a service answers with: always the one that has the alias champion, changed while requests go on.

models/champion.json is looked at every second. A new version is loaded and tried before it takes the place of the old
one, by one assignment: a request that has begun with the old version ends with it.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .artifact import Artifact, load_artifact, read_reference
from .champion import alias_file, read_alias
from .contract import load_contract
from .rows import RowScorer

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from .champion import Version
    from .config import Config
    from .contract import Contract

SECONDS = 1.0
ROWS_TO_TRY = 200


@dataclass(frozen=True)
class Served:
    """A loaded model, and the rows that it was tested on.

    `rows` is None where single rows have to take the way over a table.
    """

    artifact: Artifact
    rows: RowScorer | None
    version: Version | None
    loaded_at: float
    reference_inputs: pd.DataFrame
    reference_scores: pd.Series

    @property
    def number(self) -> str:
        return "none" if self.version is None else str(self.version.number)

    @property
    def lineage(self) -> dict[str, Any]:
        """Return where the model comes from: run, commit, data version, environment; what is known of them."""
        known = {} if self.version is None else {"run_id": self.version.run_id, **self.version.lineage}
        return {**known, "model_version": self.number, "model_sha256": self.artifact.sha256}


class LiveModel:
    """Holds the model in use, and follows the alias.

    Raises:
        ProjectError: there is no model to begin with.
    """

    def __init__(self, config: Config) -> None:
        self.config = config
        self.contract = load_contract(config)
        self.failure: str | None = None
        self._stop = threading.Event()
        self._seen = _state(config)
        self.current = load(config, self.contract)

    def follow(self) -> None:
        """Look for another champion now and then, until `close`."""
        threading.Thread(target=self._follow, name="follow-champion", daemon=True).start()

    def close(self) -> None:
        self._stop.set()

    def refresh(self) -> bool:
        """Load another champion where there is one. While it cannot be loaded, the old model stays."""
        state = _state(self.config)
        if state == self._seen:
            return False
        try:
            self.current = load(self.config, self.contract)
        except Exception as error:
            self.failure = f"The new champion could not be loaded: {error}"
            return False
        self._seen, self.failure = state, None
        return True

    def _follow(self) -> None:
        while not self._stop.wait(SECONDS):
            self.refresh()


def load(config: Config, contract: Contract) -> Served:
    """Load the champion, or the trained model while there is none.

    Raises:
        ProjectError: the model is not there, damaged, or made by another contract.
    """
    version = read_alias(config.root)
    return load_folder(config.models if version is None else version.folder, version, contract)


def load_folder(folder: Path, version: Version | None, contract: Contract) -> Served:
    """Load the model of a folder, and try it on rows that it was tested with.

    Raises:
        ProjectError: the model is not there, damaged, or made by another contract.
    """
    artifact = load_artifact(folder, contract)
    outcomes, inputs = read_reference(folder)
    sample = inputs.head(ROWS_TO_TRY)
    artifact.scorer.predict(sample)
    rows = RowScorer(artifact.scorer, contract)
    checked = rows if rows.check(sample) else None
    return Served(artifact, checked, version, time.time(), inputs, outcomes["score"])


def _state(config: Config) -> tuple[int, int] | None:
    """Return what changes when models/champion.json is replaced."""
    try:
        status = alias_file(config.root).stat()
    except FileNotFoundError:
        return None
    return status.st_ino, status.st_mtime_ns
