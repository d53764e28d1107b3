"""Labelled rows that the model was not trained on: how many, and how clean."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pandas as pd

from .actuals import current_actuals
from .enforce import read_rules
from .log import query, read_log
from .outcomes import read_features
from .repairs import repair_logged
from .schema import build_schema, find_violations
from .situation import NewRows

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from .config import Config
    from .contract import Contract


def count_new_rows(
    config: Config, contract: Contract, facts: dict[str, Any], log: Path, now: datetime, maturity_days: float
) -> NewRows:
    """Count the mature labelled predictions since the model was trained, by whichever model, as repairs.yaml has them.

    Args:
        facts: metrics.json of the model in use
    """
    trained_on = int(facts["rows"]["train"] + facts["rows"]["validation"])
    with read_log(log) as connection:
        rows = labelled_rows(connection, facts["trained_at"], now - timedelta(days=maturity_days))
        if rows.empty:
            return NewRows(0, trained_on, 0.0, (), 0.0)
        inputs = read_features(connection, contract, rows["prediction_id"])
    inputs = repair_logged(config, contract, inputs, rows["event_time"])
    rows = rows[rows["prediction_id"].isin(inputs.index).to_numpy()]
    if rows.empty:
        return NewRows(0, trained_on, 0.0, (), 0.0)
    schema = build_schema(config, contract, contract.inputs, read_rules(config).range_margin)
    violations = find_violations(inputs, schema)
    broken = {row for each in violations for row in each.rows}
    repeated = rows["case_key"].duplicated().mean()
    columns = tuple(dict.fromkeys(each.column for each in violations))
    return NewRows(len(rows), trained_on, len(broken) / len(rows), columns, float(repeated))


def labelled_rows(connection: Any, since: str, until: datetime) -> pd.DataFrame:
    """Return predictions made in a time whose actual value is known, with what tells cases apart."""
    rows = query(
        connection,
        "SELECT prediction_id, timestamp, event_time, row_id, fingerprint FROM predictions ORDER BY rowid",
    )
    made = pd.to_datetime(rows["timestamp"], format="ISO8601", utc=True)
    begins = pd.to_datetime(since, utc=True)
    rows = rows[(made > begins) & (made <= pd.Timestamp(until))]
    by_id = rows["row_id"] + rows["event_time"]
    # "#2" only says that a batch held the row twice.
    key = by_id.where(rows["row_id"].notna(), rows["fingerprint"].str.split("#").str[0])
    return rows.assign(case_key=key).merge(current_actuals(connection), on="prediction_id")
