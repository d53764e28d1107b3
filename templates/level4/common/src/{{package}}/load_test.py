"""A bounded load on the service of a version, on this machine only."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle, islice
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Any

import httpx
import numpy as np

from .errors import ProjectError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .budgets import Budgets
    from .config import Config

HOST = "127.0.0.1"
SECONDS_TO_START = 90
SECONDS_TO_STOP = 15


@dataclass(frozen=True)
class Load:
    """What came of a load: requests, failures, answers a second, percentiles in milliseconds."""

    requests: int
    failures: int
    qps: float
    p50_ms: float
    p95_ms: float


@contextmanager
def serving(project: Config) -> Iterator[str]:
    """Serve the model of a project on a free port, and give its address.

    Raises:
        ProjectError: it does not start; the message has what it said.
    """
    port = _free_port()
    command = [sys.executable, "-m", str(__package__), "serve", "--port", str(port), "--workers", "1"]
    with TemporaryFile("w+") as said:
        process = subprocess.Popen(command, cwd=project.root, env=dict(os.environ), stdout=said, stderr=said)
        try:
            address = f"http://{HOST}:{port}"
            if not _wait(address, process):
                said.seek(0)
                lines = said.read().strip().splitlines()
                raise ProjectError(f"the service does not start: {lines[-1] if lines else 'it says nothing'}")
            yield address
        finally:
            process.terminate()
            try:
                process.wait(SECONDS_TO_STOP)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def run_load(address: str, rows: list[dict[str, Any]], budgets: Budgets) -> Load:
    """Let `clients` ask for one row after the other until `seconds` are over."""
    with ThreadPoolExecutor(budgets.clients) as pool:
        # The first answers warm caches up, and are not counted.
        list(pool.map(lambda _: _ask(address, rows, 0.2), range(budgets.clients)))
        started = time.perf_counter()
        results = list(pool.map(lambda _: _ask(address, rows, budgets.seconds), range(budgets.clients)))
        seconds = time.perf_counter() - started
    times = np.concatenate([np.asarray(each) for each, _ in results])
    failures = sum(failed for _, failed in results)
    if len(times) == 0:
        return Load(failures, failures, 0.0, float("inf"), float("inf"))
    p50, p95 = percentiles(times)
    return Load(len(times) + failures, failures, len(times) / seconds, p50, p95)


def percentiles(seconds: np.ndarray) -> tuple[float, float]:
    """Return median and 95th percentile in milliseconds."""
    p50, p95 = np.quantile(seconds, [0.5, 0.95]) * 1000
    return float(p50), float(p95)


def _ask(address: str, rows: list[dict[str, Any]], seconds: float) -> tuple[list[float], int]:
    times: list[float] = []
    failures = 0
    end = time.perf_counter() + seconds
    with httpx.Client(base_url=address, timeout=10, trust_env=False) as client:
        for row in islice(cycle(rows), 1_000_000):
            started = time.perf_counter()
            if started >= end:
                break
            try:
                answered = client.post("/predict", json=row).status_code == httpx.codes.OK
            except httpx.HTTPError:
                answered = False
            if answered:
                times.append(time.perf_counter() - started)
            else:
                failures += 1
    return times, failures


def _wait(address: str, process: subprocess.Popen[bytes]) -> bool:
    end = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < end and process.poll() is None:
        try:
            if httpx.get(f"{address}/readyz", timeout=5, trust_env=False).status_code == httpx.codes.OK:
                return True
        except httpx.HTTPError:
            pass
        time.sleep(0.1)
    return False


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        return int(listener.getsockname()[1])
