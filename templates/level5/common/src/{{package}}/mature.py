"""Predictions of the model in use whose actual value is known, and old enough that it is no selection of the quick."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pandas as pd

from .artifact import read_metrics
from .contract import load_contract
from .errors import ProjectError
from .log import read_log
from .outcomes import read_features, read_outcomes
from .policy import read_policy

if TYPE_CHECKING:
    from pathlib import Path

    from .champion import Version
    from .config import Config

FEWEST = 200
# The newest third only judges what was found on the others.
JUDGING = 1 / 3


@dataclass(frozen=True)
class Labelled:
    """Outcomes with their inputs, the oldest first: those to learn from, and those to judge on."""

    outcomes: pd.DataFrame
    inputs: pd.DataFrame

    @property
    def parts(self) -> tuple[Labelled, Labelled]:
        begin = round(len(self.outcomes) * (1 - JUDGING))
        return (
            Labelled(self.outcomes.iloc[:begin], self.inputs.iloc[:begin]),
            Labelled(self.outcomes.iloc[begin:], self.inputs.iloc[begin:]),
        )


def mature_rows(config: Config, version: Version, log: Path) -> Labelled:
    """Return the mature labelled predictions of a version.

    Raises:
        ProjectError: there are too few.
    """
    contract, facts = load_contract(config), read_metrics(version.folder)
    name = facts["period"] if config.monitoring.period == "auto" else config.monitoring.period
    with read_log(log) as connection:
        outcomes = read_outcomes(connection, contract, name)
        delay = outcomes["delay"].quantile(read_policy(config).labels.maturity_quantile)
        made = pd.to_datetime(outcomes["timestamp"], format="ISO8601", utc=True)
        is_mature = made <= datetime.now(timezone.utc) - timedelta(days=0.0 if pd.isna(delay) else float(delay))
        is_own = outcomes["model_sha256"] == version.lineage["sha256"]
        rows = outcomes[is_mature & is_own & outcomes["actual"].notna()]
        if len(rows) < FEWEST:
            raise ProjectError(
                f"{len(rows):,} mature predictions of version {version.number} have an actual value, and {FEWEST} are "
                "needed. Add more with make monitor, or wait."
            )
        inputs = read_features(connection, contract, rows["prediction_id"])
    return Labelled(rows.set_index("prediction_id"), inputs)
