"""Calls that may never come back, made in a thread of their own and waited for only so long."""

from __future__ import annotations

import math
import queue
import threading
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

Result = TypeVar("Result")
Task = tuple["Callable[[], Any]", "queue.SimpleQueue[tuple[Any, BaseException | None]]"]


class HungError(Exception):
    """A call has not come back in time."""


class Bounded:
    """Makes calls for any thread. One that hangs is left to itself: Python cannot end it, but nobody waits for it."""

    def __init__(self) -> None:
        self._own = threading.local()

    def call(self, function: Callable[[], Result], seconds: float) -> Result:
        """Return what a function returns, or raise what it raises.

        Args:
            seconds: how long to wait; without end, no thread is needed

        Raises:
            HungError: it has not come back after so many seconds.
        """
        if math.isinf(seconds):
            return function()
        if not hasattr(self._own, "helper"):
            self._own.helper = _Helper()
        answer: queue.SimpleQueue[tuple[Any, BaseException | None]] = queue.SimpleQueue()
        self._own.helper.tasks.put((function, answer))
        try:
            result, error = answer.get(timeout=seconds)
        except queue.Empty:
            # The next call gets another one.
            del self._own.helper
            raise HungError from None
        if error is not None:
            raise error
        return result  # type: ignore[no-any-return]


class _Helper:
    """A thread that makes the calls of another one, and ends with it."""

    def __init__(self) -> None:
        self.tasks: queue.SimpleQueue[Task | None] = queue.SimpleQueue()
        threading.Thread(target=_work, args=[self.tasks], name="bounded", daemon=True).start()

    def __del__(self) -> None:
        self.tasks.put(None)


def _work(tasks: queue.SimpleQueue[Task | None]) -> None:
    while (task := tasks.get()) is not None:
        function, answer = task
        try:
            answer.put((function(), None))
        except BaseException as error:
            answer.put((None, error))
        del task, function, answer
