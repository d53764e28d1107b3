"""Follows models/rollout.json: lets a candidate answer its share of the rows, and stops it when a guard says so.

The file is looked at every second, as models/champion.json is. A candidate is loaded and tried before it answers; one
that cannot be loaded, fails, is slow, or scores unlike the champion is stopped, and the champion answers everything.
"""

from __future__ import annotations

import queue
import threading
from typing import TYPE_CHECKING, Any

from .bounded import Bounded, HungError
from .errors import ProjectError
from .exposures import ExposureLog
from .live import load_folder
from .rollout_plan import Guards
from .rollout_state import read_rollout, rollout_file, stop_rollout
from .trial import KEY_HEADER, Trial, given_key

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from prometheus_client import Counter

    from .live import LiveModel
    from .rollout_state import Rollout

SECONDS = 1.0
# So long a candidate may take to be loaded, and so long threads are waited for at the end.
LOAD_SECONDS = 60.0
CLOSE_SECONDS = 5.0


class Router:
    """Holds the trial that runs, or None while the champion answers alone."""

    def __init__(self, live: LiveModel, counter: Counter) -> None:
        self.trial: Trial | None = None
        self.failure: str | None = None
        self._live = live
        self._counter = counter
        self._counted: dict[tuple[str, str], int] = {}
        self._seen: tuple[int, int] | None = None
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []
        self.refresh()

    def follow(self) -> None:
        """Look for another rollout now and then, and let the candidate shadow, until `close`."""
        for work in (self._follow, self._shadow):
            thread = threading.Thread(target=work, name=work.__name__.strip("_"), daemon=True)
            thread.start()
            self._threads.append(thread)

    def close(self) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(CLOSE_SECONDS)

    def refresh(self) -> None:
        """Do what the file says by now, and what the guards say."""
        state = self._state()
        if state != self._seen:
            self._seen = state
            self._begin()
        trial = self.trial
        if trial is None:
            return
        trial.judge()
        self._count(trial)
        if trial.problem is not None:
            self.trial = None
            stop_rollout(self._live.config.root, trial.rollout, trial.problem)
            print(f"Rollout {trial.rollout.id} is stopped: {trial.problem}", flush=True)

    def status(self) -> dict[str, Any]:
        """Return what this process knows of the rollout."""
        trial = self.trial
        if trial is None:
            return {"status": "none", "problem": self.failure}
        rollout = trial.rollout
        return {
            "status": rollout.status,
            "id": rollout.id,
            "mode": rollout.mode,
            "percent": rollout.percent,
            "candidate": {"version": rollout.candidate, "answers": trial.of_candidate.count},
            "champion": {"version": rollout.champion, "answers": trial.of_champion.count},
            "errors": trial.of_candidate.errors,
        }

    def _begin(self) -> None:
        root = self._live.config.root
        try:
            rollout = read_rollout(root)
            self.failure = None
        except ProjectError as error:
            self.trial, self.failure = None, str(error)
            return
        if rollout is None or not rollout.runs:
            self.trial = None
            return
        try:
            self.trial = self._trial(rollout)
        except Exception as error:
            self.trial = None
            finding = f"not in {LOAD_SECONDS:g} seconds" if isinstance(error, HungError) else error
            self.failure = f"version {rollout.candidate} could not be loaded: {finding}"
            stop_rollout(root, rollout, self.failure)

    def _trial(self, rollout: Rollout) -> Trial:
        live, root = self._live, self._live.config.root
        before = self.trial
        version = rollout.version(root)
        if before is not None and before.rollout.id == rollout.id:
            candidate = before.candidate
        else:
            candidate = Bounded().call(lambda: load_folder(version.folder, version, live.contract), LOAD_SECONDS)
        log = ExposureLog(root, rollout.id)
        return Trial(rollout, candidate, Guards(**rollout.guards), live.contract, log)

    def _follow(self) -> None:
        while not self._stop.wait(SECONDS):
            try:
                self.refresh()
            except Exception as error:
                # A thread that ends would leave a bad candidate in use.
                self.trial, self.failure = None, f"the rollout could not be followed: {error}"

    def _shadow(self) -> None:
        while not self._stop.is_set():
            trial = self.trial
            if trial is None:
                self._stop.wait(SECONDS)
                continue
            try:
                row, entry = trial.shadowed.get(timeout=SECONDS)
            except queue.Empty:
                continue
            try:
                trial.shadow(row, entry)
            except OSError as error:
                self.failure = f"a shadow could not be logged: {error}"

    def _count(self, trial: Trial) -> None:
        """Tell Prometheus how many answers and errors there were since the last time."""
        rollout = trial.rollout
        kind = "shadow" if rollout.mode == "shadow" else "answered"
        errors = trial.of_candidate.errors
        totals = {"failed": errors, kind: trial.of_candidate.count - errors}
        for outcome, total in totals.items():
            known = self._counted.get((rollout.step_at, outcome), 0)
            self._counter.labels(str(rollout.candidate), outcome).inc(total - known)
            self._counted[rollout.step_at, outcome] = total

    def _state(self) -> tuple[int, int] | None:
        try:
            status = rollout_file(self._live.config.root).stat()
        except FileNotFoundError:
            return None
        return status.st_ino, status.st_mtime_ns


class AssignmentKey:
    """Makes the header X-Assignment-Key known to what answers the request."""

    def __init__(self, app: Callable[..., Awaitable[None]]) -> None:
        self._app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        key = next((value for name, value in scope.get("headers", ()) if name == KEY_HEADER), None)
        given_key.set(None if key is None else key.decode("latin-1"))
        await self._app(scope, receive, send)
