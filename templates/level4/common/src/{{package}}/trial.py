"""A rollout as a process of the service carries it out: who answers a row, and what became of it."""

from __future__ import annotations

import json
import math
import queue
import time
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import pandas as pd

from .bounded import Bounded, HungError
from .exposures import ExposureLog, hashed
from .guards import Answers, find_problem
from .log import now
from .payload import Batch
from .predict import read_inputs
from .rows import UnusualRowError

if TYPE_CHECKING:
    from collections.abc import Callable

    from .contract import Contract
    from .live import Served
    from .rollout_plan import Guards
    from .rollout_state import Rollout
    from .rows import Answer

Result = TypeVar("Result")

KEY_HEADER = b"x-assignment-key"
# The key that the request at hand brings in its header.
given_key: ContextVar[str | None] = ContextVar("given_key", default=None)
# So many rows may wait for a shadow; what comes then is answered, and not shadowed.
WAITING = 1000
# A table may take the time of a row once more for every so many rows.
ROWS_A_TIME = 100


class BadScoreError(Exception):
    """The candidate answered with something that is no number."""


class Trial:
    """Answers with the candidate or the champion. A row that the candidate cannot answer, the champion answers."""

    def __init__(
        self, rollout: Rollout, candidate: Served, guards: Guards, contract: Contract, log: ExposureLog
    ) -> None:
        self.rollout = rollout
        self.candidate = candidate
        self.of_candidate = Answers()
        self.of_champion = Answers()
        self.shadowed: queue.Queue[tuple[dict[str, Any], dict[str, Any]]] = queue.Queue(WAITING)
        self.problem: str | None = None
        self._guards = guards
        self._contract = contract
        self._log = log
        self._bounded = Bounded()

    def answers_with(self, champion: Served) -> bool:
        """Tell whether the trial has a say: it is about this champion, and nothing is wrong with the candidate."""
        return self.problem is None and champion.number == str(self.rollout.champion)

    def row(self, row: dict[str, Any], champion: Served) -> tuple[Served, Answer]:
        """Answer one row.

        Raises:
            UnusualRowError: only the way over a table can answer it.
        """
        if self.rollout.gives_candidate(self._key(row)):
            started = time.perf_counter()
            try:
                answer = self._in_time(lambda: _answer(self.candidate, row))
                self.of_candidate.add(time.perf_counter() - started, answer.score)
                return self.candidate, answer
            except UnusualRowError:
                raise
            except Exception as error:
                self._failed(time.perf_counter() - started, error)
        started = time.perf_counter()
        answer = _answer(champion, row)
        self.of_champion.add(time.perf_counter() - started, answer.score)
        return champion, answer

    def expose(self, prediction_id: str, row: dict[str, Any], served: Served, score: float) -> None:
        """Log who answered a row.

        Raises:
            OSError: it could not be logged.
        """
        if served.number in (self.candidate.number, str(self.rollout.champion)):
            self._expose([row], [prediction_id], served, [score])

    def table(
        self,
        table: pd.DataFrame,
        inputs: pd.DataFrame,
        champion: Served,
        record: Callable[[pd.DataFrame, pd.DataFrame, pd.DataFrame, Served], Batch],
    ) -> Batch:
        """Answer rows, each by the version that its key is given, in their order."""
        rows = [{str(name): value for name, value in row.items()} for row in table.to_dict("records")]
        chosen = np.array([self.rollout.gives_candidate(self._key(row)) for row in rows])
        batches: list[tuple[np.ndarray, Batch]] = []
        for of_candidate in (True, False):
            places = np.flatnonzero(chosen == of_candidate)
            if len(places) == 0:
                continue
            part = inputs.iloc[places].reset_index(drop=True)
            served, predicted = self._predict(part, champion, of_candidate)
            batch = record(table.iloc[places].reset_index(drop=True), part, predicted, served)
            ids = [each.prediction_id for each in batch.predictions]
            scores = [each.score for each in batch.predictions]
            self._expose([rows[place] for place in places], ids, served, scores)
            batches.append((places, batch))
        return _merged(batches)

    def judge(self) -> None:
        """Find out whether the candidate has to be stopped."""
        self.problem = self.problem or find_problem(self.of_candidate, self.of_champion, self._guards)

    def shadow(self, row: dict[str, Any], entry: dict[str, Any]) -> None:
        """Let the candidate answer a row that the champion has answered, and only log it."""
        started = time.perf_counter()
        try:
            score = self._in_time(lambda: self._shadow_score(row))
        except Exception as error:
            self._failed(time.perf_counter() - started, error)
            self._log.append([{**entry, "shadow_score": None, "shadow_error": type(error).__name__}])
            return
        self.of_candidate.add(time.perf_counter() - started, score)
        self._log.append([{**entry, "shadow_score": score}])

    def _predict(self, inputs: pd.DataFrame, champion: Served, of_candidate: bool) -> tuple[Served, pd.DataFrame]:
        started = time.perf_counter()
        if of_candidate:
            try:
                predicted = self._in_time(lambda: self.candidate.artifact.scorer.predict(inputs), len(inputs))
                if not np.isfinite(predicted["score"].to_numpy(dtype="float64")).all():
                    raise BadScoreError
                _count(self.of_candidate, predicted, started)
                return self.candidate, predicted
            except Exception as error:
                for _ in range(len(inputs)):
                    self._failed((time.perf_counter() - started) / len(inputs), error)
        started = time.perf_counter()
        predicted = champion.artifact.scorer.predict(inputs)
        _count(self.of_champion, predicted, started)
        return champion, predicted

    def _in_time(self, answer: Callable[[], Result], rows: int = 1) -> Result:
        """Let the candidate answer, and wait for it no longer than the guards allow."""
        seconds = self._guards.timeout_ms / 1000
        return self._bounded.call(answer, seconds * (1 + rows // ROWS_A_TIME))

    def _failed(self, seconds: float, error: Exception) -> None:
        self.of_candidate.add(seconds, None)
        if isinstance(error, HungError):
            # Not once more: each time a request would have to wait.
            self.problem = self.problem or f"no answer within {self._guards.timeout_ms:g} ms"
        self.judge()

    def _expose(self, rows: list[dict[str, Any]], ids: list[str], served: Served, scores: list[float]) -> None:
        rollout, at = self.rollout, now()
        entries = []
        for row, prediction_id, score in zip(rows, ids, scores, strict=True):
            key = self._key(row)
            entry = {
                "at": at,
                "prediction_id": prediction_id,
                "key": hashed(key),
                "percent": rollout.percent,
                "assigned": rollout.candidate if rollout.gives_candidate(key) else rollout.champion,
                "version": int(served.number),
                "score": score,
            }
            if rollout.mode == "shadow" and not self.shadowed.full():
                self.shadowed.put((row, entry))
            else:
                entries.append(entry)
        self._log.append(entries)

    def _key(self, row: dict[str, Any]) -> str:
        given = given_key.get()
        if given is not None:
            return given
        # In a table, what is missing in a column of numbers is NaN, which does not equal itself.
        plain = {name: None if value != value else value for name, value in row.items()}
        return json.dumps(plain if self.rollout.key is None else plain[self.rollout.key], sort_keys=True)

    def _shadow_score(self, row: dict[str, Any]) -> float:
        try:
            return _answer(self.candidate, row).score
        except UnusualRowError:
            inputs = read_inputs(pd.DataFrame([row]), self._contract, Path("the request"))
            return _finite(float(self.candidate.artifact.scorer.predict(inputs)["score"].iloc[0]))


def _answer(served: Served, row: dict[str, Any]) -> Answer:
    if served.rows is None:
        raise UnusualRowError
    answer = served.rows.answer(row)
    _finite(answer.score)
    return answer


def _finite(score: float) -> float:
    if not math.isfinite(score):
        raise BadScoreError
    return score


def _count(answers: Answers, predicted: pd.DataFrame, started: float) -> None:
    each = (time.perf_counter() - started) / len(predicted)
    for score in predicted["score"]:
        answers.add(each, float(score))


def _merged(parts: list[tuple[np.ndarray, Batch]]) -> Batch:
    """Return the answers of several versions as one, in the order of the rows; versions are separated by commas."""
    if len(parts) == 1:
        return parts[0][1]
    placed = {
        int(place): each for places, batch in parts for place, each in zip(places, batch.predictions, strict=True)
    }
    return Batch(
        model_version=", ".join(batch.model_version for _, batch in parts),
        model_sha256=", ".join(batch.model_sha256 for _, batch in parts),
        predictions=[placed[place] for place in sorted(placed)],
    )
