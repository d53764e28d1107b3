"""Take what the pods of an environment have predicted over into a log on this machine, each prediction once."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from .cluster import NAME, kubectl, namespace_of
from .environments import PRODUCTION, environment_folder, read_environment
from .errors import OK
from .log import PREDICTION_COLUMNS, open_log
from .spool import INSERT

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    from .config import Config
    from .environments import Environment

READ = f"""
import json, sqlite3
log = sqlite3.connect("file:monitoring/predictions.sqlite?mode=ro", uri=True)
for row in log.execute("SELECT {", ".join(PREDICTION_COLUMNS)} FROM predictions"):
    print(json.dumps(row))
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("environment", help="test, pre-production or production")


def run(config: Config, arguments: argparse.Namespace) -> int:
    collect(config, read_environment(config, arguments.environment))
    return OK


def collect(config: Config, environment: Environment) -> None:
    """Read the log of each pod; that of production becomes the project's, which make monitor reads.

    Raises:
        ProjectError: the cluster does not answer, or the log cannot be written.
    """
    namespace = f"--namespace={namespace_of(config, environment)}"
    select = (f"--selector=app.kubernetes.io/name={NAME}", "--field-selector=status.phase=Running")
    pods = kubectl(config, "get", "pods", namespace, *select, "--output=name").split()
    log = log_of(config, environment)
    new = 0
    for pod in pods:
        lines = kubectl(config, "exec", pod, namespace, "--", "python", "-c", READ).splitlines()
        new += _add(log, lines)
    print(f"Collected  {new:,} new predictions from {len(pods)} pods: {config.relative(log)}", flush=True)


def log_of(config: Config, environment: Environment) -> Path:
    if environment.name == PRODUCTION:
        return config.prediction_log
    return environment_folder(config, environment.name) / "monitoring" / config.prediction_log.name


def _add(log: Path, lines: list[str]) -> int:
    """Add the rows that are not there yet, all or none, and return how many they were."""
    rows = [json.loads(line) for line in lines]
    with open_log(log) as connection:
        before = connection.total_changes
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(INSERT, [(*row, row[0]) for row in rows])
        connection.execute("COMMIT")
        return connection.total_changes - before
