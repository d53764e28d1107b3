"""What the guards look at, gathered from the log, the model in use, and the records of decisions and rollouts."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from functools import partial
from typing import TYPE_CHECKING, Any

import pandas as pd

from .artifact import load_artifact, read_metrics, read_reference, read_signature
from .causes import find_cause
from .champion import alias_file, read_alias
from .decision import PROMOTE, RETRAIN, freeze_of
from .drift import CHANGED, compare
from .estimates import estimate_rows, make_estimator
from .forecast import forecast
from .freshness import find_stale
from .log import read_log
from .metrics import named_metric
from .monitor import judge_period
from .new_rows import count_new_rows
from .outcomes import read_features, read_outcomes
from .policy import read_events
from .reference import find_reference
from .rollout_state import read_rollout
from .selection import selection_auc
from .situation import LabelFacts, Month, Situation, Window
from .staleness import stale_sources

if TYPE_CHECKING:
    import sqlite3
    from pathlib import Path

    from .artifact import Artifact
    from .config import Config
    from .contract import Contract
    from .decision import Recorded
    from .metrics import Metric
    from .policy import Policy
    from .reference import Reference

# Two clocks may differ by so much without one of them being wrong.
CLOCK_SLACK = timedelta(minutes=10)


@dataclass(frozen=True)
class Known:
    """The model in use, and what it was like on its test rows."""

    artifact: Artifact
    metric: Metric
    reference: Reference
    period: str
    facts: dict[str, Any]
    before_inputs: pd.DataFrame


def read_known(config: Config, contract: Contract) -> Known:
    """Load the model in use.

    Raises:
        InputError: there is none.
    """
    artifact, facts = load_artifact(config.models, contract), read_metrics(config.models)
    metric = named_metric(config.project.task, facts["metric"], contract.positive)
    period = facts["period"] if config.monitoring.period == "auto" else config.monitoring.period
    before, before_inputs = read_reference(config.models)
    reference = find_reference(before, metric, period, config.monitoring.min_labels, config.training.seed)
    return Known(artifact, metric, reference, period, facts, before_inputs)


@dataclass(frozen=True)
class Logged:
    """The log at one moment: predictions of the model in use (or of all, where it has made none), and when."""

    rows: pd.DataFrame
    made: pd.Series
    everything: pd.DataFrame
    maturity_days: float | None
    now: datetime

    @property
    def matures(self) -> pd.Series:
        """When each prediction is mature."""
        return self.made + timedelta(days=self.maturity_days or 0.0)


def gather(
    config: Config,
    contract: Contract,
    policy: Policy,
    records: list[Recorded],
    *,
    now: datetime,
    log: Path | None = None,
    known: Known | None = None,
) -> Situation:
    """Look at the project as it is at `now`.

    Raises:
        InputError: there is no model, or nothing is logged yet.
    """
    log = log or config.prediction_log
    known = known or read_known(config, contract)
    with read_log(log) as connection:
        logged = _read_logged(connection, contract, policy, known, now)
        windows = find_windows(config, policy, known, logged)
        newest = _rows_of(logged, windows[-1].name) if windows else logged.rows
        inputs = read_features(connection, contract, newest["prediction_id"])
        stale = (*stale_sources(config, now), *find_stale(connection, contract, policy, now))
    changes = compare(known.before_inputs, inputs, contract, read_signature(config.models))
    freeze, rollout = freeze_of(records), read_rollout(config.root)
    return Situation(
        now=now,
        windows=windows,
        labels=_label_facts(logged, windows, known, newest, inputs),
        clock=_wrong_clock(now, records, logged),
        frozen=None if freeze is None else f"by {freeze.evidence.get('who', 'somebody')}: {freeze.reason}",
        rollout=None if rollout is None or not rollout.runs else f"{rollout.id}, version {rollout.candidate}",
        last_promotion=last_promotion(config, records),
        drifted=tuple(change.name for change in changes if change.psi > CHANGED),
        stale=stale,
        overruled=_share_overruled(newest, known),
        events=tuple(read_events(config)),
        month=month_so_far(records, now),
        estimate=partial(_estimate, config, contract, known, logged, windows, log),
        cause=partial(find_cause, config, contract, log, windows[-1].name if windows else ""),
        new_rows=partial(count_new_rows, config, contract, known.facts, log, now, logged.maturity_days or 0.0),
        forecast=partial(forecast, config, contract, policy, known, log, _bad_rows(logged, windows)),
    )


def digests(config: Config, situation_log: Path | None, known: Known) -> dict[str, str]:
    """Return checksums of what a decision came from, so that it can be found out whether that was the same."""
    with read_log(situation_log or config.prediction_log) as connection:
        rows = connection.execute(
            "SELECT (SELECT count(*) FROM predictions), (SELECT count(*) FROM actuals), "
            "(SELECT max(prediction_id) FROM predictions), (SELECT max(recorded_at) FROM actuals)"
        ).fetchone()
    contract = (config.root / "contract.yaml").read_bytes()
    return {
        "model": known.artifact.sha256,
        "contract": hashlib.sha256(contract).hexdigest(),
        "log": hashlib.sha256(repr(rows).encode()).hexdigest(),
        "predictions": str(rows[0]),
        "actuals": str(rows[1]),
    }


def find_windows(config: Config, policy: Policy, known: Known, logged: Logged) -> tuple[Window, ...]:
    """Return the periods whose predictions are all mature, judged as monitoring does, the oldest first."""
    strict = max(config.monitoring.min_labels, policy.signal.min_rows)
    judging = replace(config, monitoring=replace(config.monitoring, min_labels=strict))
    windows = []
    for name, rows in logged.rows.groupby("period"):
        if logged.matures[rows.index].max() > logged.now:
            continue
        judged = judge_period(str(name), rows, known.metric, known.reference, judging)
        made = logged.made[rows.index]
        windows.append(
            Window(
                str(name),
                made.min().to_pydatetime(),
                made.max().to_pydatetime(),
                len(rows),
                judged.labels,
                judged.value,
                judged.verdict,
            )
        )
    return tuple(windows)


def last_promotion(config: Config, records: list[Recorded]) -> datetime | None:
    """Return when the model in use came into use: as recorded, or as the alias was written."""
    promoted = [datetime.fromisoformat(each.at) for each in records if each.decision == PROMOTE]
    champion = read_alias(config.root)
    if champion is not None:
        written = alias_file(config.root).stat().st_mtime
        promoted.append(datetime.fromtimestamp(written, timezone.utc))
    return max(promoted, default=None)


def month_so_far(records: list[Recorded], now: datetime) -> Month:
    """Return what retrainings have cost this calendar month."""
    this = [
        each for each in records if each.decision == RETRAIN and each.mode == "act" and each.at[:7] == f"{now:%Y-%m}"
    ]
    return Month(sum(each.cost for each in this), len(this))


def _read_logged(
    connection: sqlite3.Connection, contract: Contract, policy: Policy, known: Known, now: datetime
) -> Logged:
    everything = read_outcomes(connection, contract, known.period)
    delays = everything["delay"].dropna()
    maturity = float(delays.quantile(policy.labels.maturity_quantile)) if len(delays) else None
    own = everything[everything["model_sha256"] == known.artifact.sha256]
    rows = own if len(own) else everything
    made = pd.to_datetime(rows["timestamp"], format="ISO8601", utc=True)
    return Logged(rows, made, everything, maturity, now)


def _rows_of(logged: Logged, period: str) -> pd.DataFrame:
    return logged.rows[logged.rows["period"] == period]


def _bad_rows(logged: Logged, windows: tuple[Window, ...]) -> pd.DataFrame:
    """Return the rows with labels of the present run of bad windows."""
    bad = []
    for window in reversed(windows):
        if window.verdict != "ALERT":
            break
        bad.append(window.name)
    rows = logged.rows[logged.rows["period"].isin(bad)]
    return rows[rows["actual"].notna()]


def _label_facts(
    logged: Logged, windows: tuple[Window, ...], known: Known, newest: pd.DataFrame, inputs: pd.DataFrame
) -> LabelFacts:
    mature = logged.made[logged.rows["actual"].notna() & (logged.matures <= logged.now)]
    waiting = logged.matures[~logged.rows["period"].isin([window.name for window in windows])]
    due = waiting.groupby(logged.rows.loc[waiting.index, "period"]).max()
    return LabelFacts(
        maturity_days=logged.maturity_days,
        newest_mature=None if mature.empty else mature.max().to_pydatetime(),
        next_mature=None if due.empty or logged.maturity_days is None else due.min().to_pydatetime(),
        selection_auc=selection_auc(known.artifact.scorer, newest, inputs) if windows else None,
    )


def _wrong_clock(now: datetime, records: list[Recorded], logged: Logged) -> str | None:
    """Return what is wrong with the clock: time that goes backwards makes labels mature, or never mature."""
    latest = [(datetime.fromisoformat(each.at), f"decision {each.number}") for each in records[-1:]]
    if len(logged.made):
        latest.append((logged.made.max().to_pydatetime(), "the newest prediction"))
    for at, what in latest:
        if at > now + CLOCK_SLACK:
            return f"the clock says {now:%Y-%m-%d %H:%M} and {what} is of {at:%Y-%m-%d %H:%M}: one of them is wrong"
    return None


def _share_overruled(rows: pd.DataFrame, known: Known) -> float:
    """Return the share of the logged decisions that do not follow from their score."""
    rows = rows[rows["model_sha256"] == known.artifact.sha256]
    if rows.empty:
        return 0.0
    scorer = known.artifact.scorer
    if scorer.task == "regression":
        follows = (rows["prediction"].astype(float) - rows["score"].astype(float)).abs() < 1e-9
    elif scorer.task == "binary":
        positive, negative = scorer.classes
        said = (rows["score"].astype(float) >= scorer.threshold).map({True: positive, False: negative})
        follows = rows["prediction"] == said
    else:
        return 0.0
    return float((~follows).mean())


def _estimate(
    config: Config, contract: Contract, known: Known, logged: Logged, windows: tuple[Window, ...], log: Path
) -> str | None:
    """Return what is expected of the newest period whose labels are not mature, where that is bad."""
    waiting = logged.rows[~logged.rows["period"].isin([window.name for window in windows])]
    if waiting.empty or known.metric.name == "r2":
        return None
    newest = str(waiting["period"].max())
    rows = waiting[waiting["period"] == newest]
    if len(rows) < config.monitoring.min_labels:
        return None
    scorer, metric = known.artifact.scorer, known.metric
    with read_log(log) as connection:
        estimated = estimate_rows(rows, make_estimator(config, scorer, metric), scorer, contract, connection).value
    low, high = known.reference.band(len(rows), config.monitoring.sigma)
    is_bad = estimated < low if metric.higher_is_better else estimated > high
    return (
        f"a {metric.label} of {estimated:.4g} is expected in {newest}, worse than {low:.4g} to {high:.4g}"
        if is_bad
        else None
    )
