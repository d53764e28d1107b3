"""All that the guards look at, as numbers: gathered from a project, or made up by a test.

What costs seconds to find out is a function here, called only when a guard gets that far.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from .causes import Verdict
    from .policy import Event

BAD = "ALERT"
GOOD = "OK"


@dataclass(frozen=True)
class Window:
    """A period whose predictions are all mature. `verdict` is that of monitoring, on the mature rows."""

    name: str
    begins: datetime
    ends: datetime
    rows: int
    labels: int
    value: float | None
    verdict: str

    @property
    def coverage(self) -> float:
        return self.labels / self.rows

    @property
    def is_judged(self) -> bool:
        return self.verdict in (BAD, GOOD)


@dataclass(frozen=True)
class LabelFacts:
    """When labels come. `maturity_days` is None before the first label, `selection_auc` where all rows have one."""

    maturity_days: float | None
    newest_mature: datetime | None
    next_mature: datetime | None
    selection_auc: float | None


@dataclass(frozen=True)
class NewRows:
    """The labelled rows that the model was not trained on. `broken` and `repeated` are shares of them."""

    rows: int
    trained_on: int
    broken: float
    broken_columns: tuple[str, ...]
    repeated: float


@dataclass(frozen=True)
class Forecast:
    """What training again is expected to bring within the horizon, or why that is not known."""

    gain: float | None
    cost: float
    unknown: str | None = None
    details: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Month:
    """Retrainings of this calendar month so far."""

    spent: float
    runs: int


@dataclass(frozen=True)
class Situation:
    """The state of the project at one moment.

    `clock` says what is wrong with the time, `estimate` what bad results are expected of predictions without labels,
    `stale` what data is older than policy.yaml allows, and `overruled` the share of the logged decisions that do not
    follow from their score.
    """

    now: datetime
    windows: tuple[Window, ...]
    labels: LabelFacts
    clock: str | None = None
    frozen: str | None = None
    rollout: str | None = None
    last_promotion: datetime | None = None
    drifted: tuple[str, ...] = ()
    stale: tuple[str, ...] = ()
    overruled: float = 0.0
    events: tuple[Event, ...] = ()
    month: Month = Month(0.0, 0)
    estimate: Callable[[], str | None] = lambda: None
    cause: Callable[[], Verdict] = lambda: _missing("cause")
    new_rows: Callable[[], NewRows] = lambda: _missing("new_rows")
    forecast: Callable[[], Forecast] = lambda: _missing("forecast")

    @property
    def first_bad(self) -> Window | None:
        """The window in which the present run of bad windows began."""
        first = None
        for window in reversed(self.windows):
            if window.verdict != BAD:
                break
            first = window
        return first


def _missing(name: str) -> Any:
    raise NotImplementedError(f"{name} was not given")
