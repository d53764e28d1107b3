"""Answers rows with the model in use. An answer is in the hands of the operating system before it is given."""

from __future__ import annotations

import json
import threading
import uuid
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
from starlette.concurrency import run_in_threadpool

from .enforce import read_rules
from .errors import InputError
# slot: more-imports
from .limits import Limits
from .log import PREDICTION_COLUMNS, now
from .payload import Batch, Prediction, Single
from .predict import PROBABILITY_PREFIX, log_records, read_inputs
# slot: imports
from .rows import UnusualRowError
from .schema import find_violations
from .spool import Spool, ingest, waiting_because
from .telemetry import Telemetry

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable

    from .live import LiveModel, Served
    from .rows import Answer

COUNT_SECONDS = 1.0
REQUEST = Path("the request")


class Answering:
    """Predicts, logs and counts."""

    def __init__(self, live: LiveModel) -> None:
        self.telemetry = Telemetry(live)
        self._live = live
        self._limits = Limits(live.config, live.contract)
        self._stops_at_violations = read_rules(live.config).on_predict == "stop"
        self._log = live.config.prediction_log
        self._spool = Spool(self._log)
        self._stop = threading.Event()
        # slot: parts
        self.problem: str | None = None

    @property
    def warnings(self) -> list[str]:
        """What a person should look at, although the service answers."""
        return [each for each in (waiting_because(self._log), self._live.failure) if each is not None]

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Follow the alias until the last request has been answered; then move what is left to the log."""
        self._live.follow()
        # slot: start
        counter = threading.Thread(target=self._keep_counting, name="count", daemon=True)
        counter.start()
        yield
        self._live.close()
        # slot: stop
        self._stop.set()
        await run_in_threadpool(counter.join)
        # slot: stopped
        self._spool.close()
        await run_in_threadpool(ingest, self._log)
        self.telemetry.flush()

    def row(self, row: dict[str, Any]) -> Single:
        """Answer one row without a table.

        Raises:
            UnusualRowError: only `table` can answer it, or refuse it in the right words.
            OSError: it could not be logged.
        """
        # slot: request-row
        served, answer = self._predict(row)
        violations = self._limits.broken_by(answer.values)
        if violations and self._stops_at_violations:
            raise UnusualRowError
        prediction_id = str(uuid.uuid4())
        self._append([_record(answer, prediction_id, served)])
        # slot: row-answered
        self.telemetry.count_violations(violations)
        self.telemetry.count_row(answer.values, answer.score, answer.prediction, served.number, answer.event_time)
        return Single(
            prediction_id=prediction_id,
            prediction=answer.prediction,
            score=answer.score,
            probabilities=answer.probabilities,
            model_version=served.number,
            model_sha256=served.artifact.sha256,
        )

    def table(self, rows: list[dict[str, Any]]) -> Batch:
        """Answer rows as the command `predict` does.

        Raises:
            InputError: a value is not what contract.yaml says.
            OSError: they could not be logged.
        """
        # slot: request-rows
        table = pd.DataFrame(rows)
        inputs = read_inputs(table, self._live.contract, REQUEST)
        self._check(inputs)
        served = self._live.current
        # slot: table
        return self.record(table, inputs, served.artifact.scorer.predict(inputs), served)

    def record(self, table: pd.DataFrame, inputs: pd.DataFrame, predicted: pd.DataFrame, served: Served) -> Batch:
        """Log and count what a model predicted for rows, and return it as an answer.

        Raises:
            OSError: it could not be logged.
        """
        contract = self._live.contract
        predicted.insert(0, "prediction_id", [str(uuid.uuid4()) for _ in range(len(predicted))])
        records = log_records(table, inputs, predicted, contract, served.artifact)
        plain = records[list(PREDICTION_COLUMNS)].astype(object)
        self._append(plain.where(plain.notna(), None).itertuples(index=False, name=None))
        times = inputs[contract.time] if contract.time else pd.Series(pd.NaT, index=inputs.index)
        for place, values in enumerate(inputs.to_dict("records")):
            time = times.iloc[place]
            self.telemetry.count_row(
                {str(name): value for name, value in values.items()},
                float(predicted["score"].iloc[place]),
                predicted["prediction"].iloc[place],
                served.number,
                None if pd.isna(time) else time.isoformat(),
            )
        return Batch(
            model_version=served.number,
            model_sha256=served.artifact.sha256,
            predictions=_predictions(predicted),
        )

    def _predict(self, row: dict[str, Any]) -> tuple[Served, Answer]:
        """Return an answer to one row, and the model that gave it."""
        served = self._live.current
        # slot: row
        return served, answer_with(served, row)

    def _append(self, records: Iterable[tuple[object, ...]]) -> None:
        try:
            self._spool.append(records)
            self.problem = None
        except OSError as error:
            self.problem = f"Predictions cannot be logged: {error}"
            raise

    def _check(self, inputs: pd.DataFrame) -> None:
        violations = find_violations(inputs, self._limits.schema)
        if violations and self._stops_at_violations:
            lines = "\n".join(f"  {each}" for each in violations)
            raise InputError(f"The request breaks contract.yaml, so nothing was predicted.\n{lines}")
        self.telemetry.count_violations(each.column for each in violations for _ in each.rows)

    def _keep_counting(self) -> None:
        """Write the numbers that are not written with every request, every second."""
        while not self._stop.wait(COUNT_SECONDS):
            self.telemetry.log_failing.set(float(bool(self.problem or waiting_because(self._log))))
            self.telemetry.flush()
            # slot: counting


def answer_with(served: Served, row: dict[str, Any]) -> Answer:
    """Predict for one row.

    Raises:
        UnusualRowError: only the way over a table can answer it.
    """
    if served.rows is None:
        raise UnusualRowError
    return served.rows.answer(row)


def _record(answer: Answer, prediction_id: str, served: Served) -> tuple[object, ...]:
    """Return a row of the log, in the order of PREDICTION_COLUMNS."""
    timestamp = now()
    many = answer.probabilities
    return (
        prediction_id,
        timestamp,
        served.artifact.sha256,
        answer.event_time or timestamp,
        answer.row_id,
        answer.fingerprint,
        answer.features,
        answer.score,
        None if many is None else json.dumps(many, ensure_ascii=False),
        answer.prediction,
    )


def _predictions(predicted: pd.DataFrame) -> list[Prediction]:
    names = [name for name in predicted.columns if name.startswith(PROBABILITY_PREFIX)]
    return [
        Prediction(
            prediction_id=row["prediction_id"],
            prediction=row["prediction"],
            score=row["score"],
            probabilities={name.removeprefix(PROBABILITY_PREFIX): row[name] for name in names} or None,
        )
        for row in predicted.to_dict("records")
    ]
