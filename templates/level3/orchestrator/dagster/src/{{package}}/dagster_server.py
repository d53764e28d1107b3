"""Run the schedule of Dagster, which does what `make daily` does, and open its pages. Takes the place of a cron."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from .errors import ERROR, OK
from .orchestrator import use_home

if TYPE_CHECKING:
    import argparse

    from .config import Config


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--port", type=int, default=3000, help="port to listen on, on this machine only (default: 3000)"
    )
    parser.epilog = "When: dagster.cron of mlops.yaml, or schedule.at; in UTC."


def run(config: Config, arguments: argparse.Namespace) -> int:
    use_home(config)
    print(f"http://127.0.0.1:{arguments.port} (Ctrl+C ends it)", flush=True)
    command = [sys.executable, "-m", "dagster", "dev", "--module-name", f"{__package__}.definitions"]
    where = ["--host", "127.0.0.1", "--port", str(arguments.port)]
    return OK if subprocess.run([*command, *where], cwd=config.root, check=False).returncode <= 0 else ERROR
