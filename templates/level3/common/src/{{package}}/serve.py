"""Answer predictions over HTTP until interrupted, with metrics and the model in use kept up to date."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from multiprocessing import get_context
from typing import TYPE_CHECKING

import uvicorn

from .champion import read_alias
# slot: first-imports
from .errors import OK, InputError
# slot: imports
from .settings import expect, read_settings
from .spool import keep_moving

if TYPE_CHECKING:
    import argparse

    from .config import Config

# How long requests that have begun may take when the service is stopped.
GRACE_SECONDS = 30


@dataclass(frozen=True)
class Settings:
    """The section `service` of mlops.yaml."""

    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", help="address to listen on (default: service.host in mlops.yaml)")
    parser.add_argument("--port", type=int, help="port to listen on (default: service.port)")
    parser.add_argument("--workers", type=int, help="processes that answer (default: service.workers)")


def run(config: Config, arguments: argparse.Namespace) -> int:
    settings = read_service(config)
    # slot: checks
    port = settings.port if arguments.port is None else arguments.port
    if read_alias(config.root) is None and not (config.models / "signature.json").is_file():
        raise InputError("There is no model to serve yet. Run make pipeline, and make promote.")
    _prepare(config, port)
    mover = get_context("spawn").Process(target=keep_moving, args=[config.prediction_log], daemon=True)
    mover.start()
    uvicorn.run(
        f"{__package__}.service:app",
        factory=True,
        host=arguments.host or settings.host,
        port=port,
        workers=arguments.workers or settings.workers,
        access_log=False,
        log_level="warning",
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    return OK


def read_service(config: Config) -> Settings:
    settings = read_settings(config, "service", Settings)
    for name in ("port", "workers"):
        value = getattr(settings, name)
        valid = isinstance(value, int) and not isinstance(value, bool) and value >= 1
        expect(valid, f"service.{name}", value, "a whole number of at least 1")
    expect(isinstance(settings.host, str), "service.host", settings.host, "an address")
    return settings


def _prepare(config: Config, port: int) -> None:
    """Set what libraries read when they are imported, here and in the workers."""
    # Threads cost more than they gain for a few rows, and the workers share the processors.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    metrics = config.root / "monitoring" / "metrics" / str(port)
    shutil.rmtree(metrics, ignore_errors=True)
    metrics.mkdir(parents=True)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(metrics)
