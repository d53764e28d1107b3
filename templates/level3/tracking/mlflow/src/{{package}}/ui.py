"""Open MLflow's pages: runs, comparisons, and versions of the model."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

from .errors import OK, ProjectError
from .store import artifact_location, tracking_uri
from .tracking import connect, experiment_id

if TYPE_CHECKING:
    import argparse

    from .config import Config


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--port", type=int, default=5000, help="port to listen on, on this machine only (default: 5000)"
    )


def run(config: Config, arguments: argparse.Namespace) -> int:
    # With the first start the tables are made.
    experiment_id(config, connect(config))
    print(f"http://127.0.0.1:{arguments.port} (Ctrl+C ends it)", flush=True)
    command = [sys.executable, "-m", "mlflow", "server", "--host", "127.0.0.1", "--port", str(arguments.port)]
    stores = ["--backend-store-uri", tracking_uri(config), "--artifacts-destination", artifact_location(config)]
    # Its job workers cost 250 MB, and nothing here needs them.
    settings = {"MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false", "MLFLOW_DISABLE_TELEMETRY": "true"}
    code = subprocess.run([*command, *stores, "--workers", "1"], env={**os.environ, **settings}, check=False).returncode
    if code > 0:
        raise ProjectError(f"The server of MLflow ended with {code}. Is the port {arguments.port} in use? Try --port.")
    return OK
