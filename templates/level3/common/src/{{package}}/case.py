"""What a diagnosis looks at: the predictions of one period, beside the rows that the model was tested on."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from .artifact import load_artifact, read_metrics, read_reference
from .drift import compare
from .estimates import estimate_rows, make_estimator
from .log import query, read_log
from .metrics import named_metric
from .outcomes import read_features, read_outcomes
from .reference import find_reference, to_scale

if TYPE_CHECKING:
    import sqlite3
    from pathlib import Path

    import pandas as pd

    from .artifact import Artifact
    from .config import Config
    from .contract import Contract
    from .drift import Change
    from .metrics import Metric
    from .reference import Reference


@dataclass(frozen=True)
class Case:
    """One period of a prediction log. Tables of the period have the same index: prediction_id.

    `before` and `before_inputs` are outcomes and inputs of the test rows; `corrected` is the share of labelled
    predictions that were given different actual values over time.
    """

    config: Config
    contract: Contract
    artifact: Artifact
    metric: Metric
    reference: Reference
    before: pd.DataFrame
    before_inputs: pd.DataFrame
    rows: pd.DataFrame
    inputs: pd.DataFrame
    row_ids: pd.Series
    corrected: float
    log: Path

    @cached_property
    def is_labelled(self) -> pd.Series:
        return self.rows["actual"].notna()

    @cached_property
    def labelled(self) -> pd.DataFrame:
        return self.rows[self.is_labelled]

    @cached_property
    def labelled_inputs(self) -> pd.DataFrame:
        return self.inputs[self.is_labelled]

    @cached_property
    def changes(self) -> list[Change]:
        return compare(self.before_inputs, self.inputs, self.contract, self.artifact.signature)

    @cached_property
    def realised(self) -> float:
        return self.metric(self.labelled)

    @cached_property
    def estimated(self) -> float:
        """The metric as it is expected without labels, or NaN."""
        if self.metric.name == "r2":
            return float("nan")
        scorer = self.artifact.scorer
        estimator = make_estimator(self.config, scorer, self.metric)
        with read_log(self.log) as connection:
            return float(estimate_rows(self.rows, estimator, scorer, self.contract, connection).value)

    def is_as_expected(self, value: float, rows: int | None = None) -> bool:
        """Tell whether a metric is no worse than on the test rows, beyond what chance explains for that many rows."""
        count = len(self.labelled) if rows is None else rows
        low, high = self.reference.band(count, self.config.monitoring.sigma)
        return not np.isnan(value) and (value >= low if self.metric.higher_is_better else value <= high)

    def loss(self, value: float) -> float:
        """Return how much worse a metric is than on the test rows, on the scale of `to_scale`; negative if better."""
        sign = 1 if self.metric.higher_is_better else -1
        return sign * (to_scale(self.reference.value, self.metric) - to_scale(value, self.metric))

    def explains(self, value: float, share: float = 0.5) -> bool:
        """Tell whether a metric that was found under some assumption explains that share of the loss."""
        return not np.isnan(value) and self.loss(value) >= share * self.loss(self.realised)


def read_case(config: Config, contract: Contract, log: Path, period: str) -> Case:
    """Read all that belongs to a period; of other models than the one in use only where it made none."""
    artifact = load_artifact(config.models, contract)
    facts = read_metrics(config.models)
    metric = named_metric(config.project.task, facts["metric"], contract.positive)
    name = facts["period"] if config.monitoring.period == "auto" else config.monitoring.period
    before, before_inputs = read_reference(config.models)
    reference = find_reference(before, metric, name, config.monitoring.min_labels, config.training.seed)
    with read_log(log) as connection:
        outcomes = read_outcomes(connection, contract, name)
        rows = outcomes[outcomes["period"] == period]
        own = rows[rows["model_sha256"] == artifact.sha256]
        rows = (own if len(own) else rows).set_index("prediction_id", drop=False)
        inputs = read_features(connection, contract, rows["prediction_id"])
        corrected = _share_corrected(connection)
        ids = query(connection, "SELECT prediction_id, row_id FROM predictions").set_index("prediction_id")["row_id"]
    return Case(
        config,
        contract,
        artifact,
        metric,
        reference,
        before.reset_index(drop=True),
        before_inputs.reset_index(drop=True),
        rows,
        inputs,
        ids.loc[rows.index],
        corrected,
        log,
    )


def _share_corrected(connection: sqlite3.Connection) -> float:
    statement = """
    SELECT avg(several) FROM (SELECT count(DISTINCT actual) > 1 AS several FROM actuals GROUP BY prediction_id)
    """
    return float(connection.execute(statement).fetchone()[0] or 0.0)
