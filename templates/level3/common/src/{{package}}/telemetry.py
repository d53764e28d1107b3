"""What the service tells Prometheus: requests, predictions, inputs, the model, and the findings of monitoring.

With several workers, each writes its numbers to a file in the folder PROMETHEUS_MULTIPROC_DIR, and whichever is asked
adds them up.
"""

from __future__ import annotations

import json
import os
import threading
import time
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from prometheus_client.metrics_core import Metric

    from .config import Config, Task
    from .live import LiveModel

LATENCIES = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5)
SELDOM = 0.2
LINEAGE = ("model_version", "model_sha256", "run_id", "git_sha", "data_version", "environment")


class Telemetry:
    """Counts what the service does."""

    def __init__(self, live: LiveModel) -> None:
        self._live = live
        self._registry = registry = CollectorRegistry()
        self.requests = Histogram(
            "model_request_seconds",
            "Time from request to response",
            ["route", "status"],
            buckets=LATENCIES,
            registry=registry,
        )
        self._predictions = Counter(
            "model_predictions", "Rows that were answered and logged", ["model_version"], registry=registry
        )
        self._classes = Counter("model_predicted_class", "Predictions of each class", ["prediction"], registry=registry)
        buckets = score_buckets(live.config.project.task, live.current.reference_scores)
        self._scores = Histogram("model_score", "Scores of the model", buckets=buckets, registry=registry)
        self.by_table = Counter(
            "model_rows_by_table", "Single rows that took the slower way over a table", registry=registry
        )
        self._missing = Counter("model_input_missing", "Missing values of an input", ["input"], registry=registry)
        self._violations = Counter(
            "model_input_violations", "Values that break contract.yaml", ["input"], registry=registry
        )
        self._changed = Gauge(
            "model_input_changed_timestamp_seconds",
            "When an input last had another value than in the row before",
            ["input"],
            multiprocess_mode="max",
            registry=registry,
        )
        self._newest_event = Gauge(
            "model_newest_event_timestamp_seconds",
            "The latest time in the time column",
            multiprocess_mode="max",
            registry=registry,
        )
        self.log_failing = Gauge(
            "model_log_failing",
            "1 while predictions cannot be appended, or moved to the log",
            multiprocess_mode="livemax",
            registry=registry,
        )
        # slot: metrics
        self._changing = changing_inputs(live.current.reference_inputs)
        self._last: dict[str, Any] = {}
        self._changes: dict[str, float] = {}
        self._newest = ""
        self._lock = threading.Lock()

    def count_row(
        self, values: dict[str, Any], score: float, prediction: object, version: str, event_time: str | None
    ) -> None:
        """Count one row that was answered. `values` are its converted inputs."""
        self._predictions.labels(version).inc()
        self._scores.observe(score)
        if isinstance(prediction, str):
            self._classes.labels(prediction).inc()
        if event_time is not None and event_time > self._newest:
            self._newest = event_time
        last, now = self._last, time.time()
        for name, value in values.items():
            # Missing is None, or a number that does not equal itself.
            if value is None or value != value:
                self._missing.labels(name).inc()
            elif name in self._changing and value != last.get(name):
                self._changes[name] = now
        self._last = values

    def count_violations(self, names: Iterable[str]) -> None:
        for name in names:
            self._violations.labels(name).inc()

    def flush(self) -> None:
        """Write what is not written with every request."""
        with self._lock:
            for name, changed_at in self._changes.copy().items():
                self._changed.labels(name).set(changed_at)
            if self._newest:
                newest = pd.Timestamp(self._newest)
                utc = newest.tz_localize("UTC") if newest.tzinfo is None else newest
                self._newest_event.set(utc.timestamp())

    def exposition(self) -> bytes:
        """Return all numbers in the text format of Prometheus."""
        self.flush()
        registry = self._registry
        if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
            registry = CollectorRegistry()
            MultiProcessCollector(registry)
        return generate_latest(registry) + generate_latest(_only(ModelCollector(self._live)))


class ModelCollector(Collector):
    """The model in use, and the findings of the newest report of monitoring."""

    def __init__(self, live: LiveModel) -> None:
        self._live = live

    def collect(self) -> Iterator[Metric]:
        served = self._live.current
        info = GaugeMetricFamily("model_info", "The model in use, always 1", labels=LINEAGE)
        info.add_metric([str(served.lineage.get(key, "")) for key in LINEAGE], 1)
        yield info
        yield _gauge("model_loaded_timestamp_seconds", "When the model was loaded", served.loaded_at)
        missing = GaugeMetricFamily(
            "model_input_missing_expected", "Share of missing values in training", labels=("input",)
        )
        for entry in served.artifact.signature["inputs"]:
            missing.add_metric([entry["name"]], entry["missing"])
        yield missing
        failed = float(self._live.failure is not None)
        yield _gauge("model_reload_failed", "1 while a new champion cannot be loaded", failed)
        yield from _findings(self._live.config)


def score_buckets(task: Task, scores: pd.Series) -> list[float]:
    """Return upper ends for scores: tenths of the probability, or the tenths of the scores of the test rows."""
    if task != "regression":
        return [tenth / 10 for tenth in range(1, 11)]
    tenths = np.quantile(scores.to_numpy(dtype="float64"), np.linspace(0.1, 1, 10))
    return [float(f"{edge:.4g}") for edge in np.unique(tenths)]


def changing_inputs(inputs: pd.DataFrame) -> set[str]:
    """Return the inputs in which two rows seldom have the same value, so that a standstill is worth a message."""
    same = {name: float((values.value_counts(normalize=True) ** 2).sum()) for name, values in inputs.items()}
    return {str(name) for name, share in same.items() if share < SELDOM}


def _findings(config: Config) -> Iterator[Metric]:
    """Yield the numbers of reports/monitor.json, which `monitor` writes; nothing where there is none."""
    path = config.reports / "monitor.json"
    try:
        report = json.loads(path.read_text(encoding="utf-8"))
        made_at = path.stat().st_mtime
    except (OSError, ValueError):
        return
    if report["is_example"]:
        return
    yield _gauge("model_report_timestamp_seconds", "When monitoring last reported", made_at)
    alert = float(report["verdict"] == "ALERT")
    yield _gauge("model_alert", "1 while the newest report says ALERT", alert)
    performance = GaugeMetricFamily("model_performance", "The metric of the newest period", labels=("kind", "metric"))
    low = GaugeMetricFamily("model_performance_low", "Lower end of what is expected", labels=("kind", "metric"))
    high = GaugeMetricFamily("model_performance_high", "Upper end of what is expected", labels=("kind", "metric"))
    worse = GaugeMetricFamily("model_performance_worse", "1 where it is worse than expected", labels=("kind", "metric"))
    for kind, period in _newest(report):
        labels = [kind, report["metric"]]
        for family, key in ((performance, "value"), (low, "low"), (high, "high")):
            if period[key] is not None:
                family.add_metric(labels, period[key])
        worse.add_metric(labels, float(period["verdict"] == "ALERT"))
    yield from (performance, low, high, worse)
    coverage = next(each["coverage"] for each in report["periods"] if each["name"] == report["period"])
    yield _gauge("model_label_coverage", "Share of the predictions whose actual value is known", coverage)


def _newest(report: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    yield "realised", next(each for each in report["periods"] if each["name"] == report["period"])
    estimated = report.get("estimated", {}).get("periods", [])
    if estimated:
        yield "estimated", estimated[-1]


def _gauge(name: str, help_: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, help_, value=value)


def _only(collector: Collector) -> CollectorRegistry:
    registry = CollectorRegistry()
    registry.register(collector)
    return registry
