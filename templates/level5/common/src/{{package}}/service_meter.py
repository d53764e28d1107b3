"""The service writes into the table of measurements once a minute: how many requests, how quick, how many failed."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from .errors import ProjectError
from .measurements import Measurement, write_measurements

if TYPE_CHECKING:
    from .live import LiveModel
    from .telemetry import Telemetry

SECONDS = 60.0
QUANTILE = 0.95
OURS = "5"


class ServiceMeter:
    """Follows the histogram of the requests."""

    def __init__(self, live: LiveModel, telemetry: Telemetry) -> None:
        self._live = live
        self._telemetry = telemetry
        self._before: dict[float, float] = {}
        self._failed = 0.0
        self._due = time.monotonic() + SECONDS

    def tick(self, *, now: bool = False) -> None:
        """Write what has happened since the last time, where a minute has passed. The service goes on if it cannot."""
        if not now and time.monotonic() < self._due:
            return
        self._due = time.monotonic() + SECONDS
        buckets, failed = self._read()
        counts = {bound: count - self._before.get(bound, 0.0) for bound, count in buckets.items()}
        total, errors = max(counts.values(), default=0.0), failed - self._failed
        self._before, self._failed = buckets, failed
        rows = [Measurement("requests", total), Measurement("failed_requests", errors)]
        if total:
            rows.append(Measurement("latency", quantile(counts, QUANTILE)))
        try:
            write_measurements(self._live.config, "serve", rows, self._live.current.number)
        except (ProjectError, OSError) as error:
            self._live.failure = str(error)

    def _read(self) -> tuple[dict[float, float], float]:
        """Return how many requests took up to each bound, and how many failed, since the process began."""
        buckets: dict[float, float] = {}
        failed = 0.0
        for family in self._telemetry.requests.collect():
            for sample in family.samples:
                if sample.labels.get("route") not in ("/predict", "/predictions"):
                    continue
                if sample.name.endswith("_bucket"):
                    bound = float(sample.labels["le"])
                    buckets[bound] = buckets.get(bound, 0.0) + sample.value
                elif sample.name.endswith("_count") and sample.labels["status"].startswith(OURS):
                    failed += sample.value
        return buckets, failed


def quantile(counts: dict[float, float], share: float) -> float:
    """Return a quantile of a histogram of cumulative counts, interpolated as Prometheus does."""
    wanted, below, bound_below = share * max(counts.values()), 0.0, 0.0
    for bound, count in sorted(counts.items()):
        if count >= wanted:
            if bound == float("inf"):
                return bound_below
            return bound_below + (bound - bound_below) * (wanted - below) / (count - below)
        below, bound_below = count, bound
    return bound_below
