"""Do what a schedule does: collect data, then compare predictions with actual values, even if that has failed.

Variables in the file .env are set for both, because cron and systemd do not know those of your shell.
"""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from dotenv import dotenv_values

from .errors import NOT_ENOUGH_LABELS, OK
from .settings import read_settings

if TYPE_CHECKING:
    import argparse

    from .config import Config


@dataclass(frozen=True)
class Schedule:
    """The section `schedule` of mlops.yaml. `actuals` is a file of actual values that somebody else writes."""

    at: str = "06:00"
    actuals: str | None = None


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = "Settings: the section schedule of mlops.yaml; .env."


def run(config: Config, _arguments: argparse.Namespace) -> int:
    schedule = read_settings(config, "schedule", Schedule)
    print(f"--- {datetime.now().astimezone().isoformat(timespec='seconds')}", flush=True)
    actuals = ["--actuals", str(schedule.actuals)] if schedule.actuals else []
    steps = [["data"], ["monitor", *actuals]]
    # slot: steps
    return worst([_run(config, *step) for step in steps])


def worst(codes: list[int]) -> int:
    """Return the exit code to report: too few labels are told only where nothing else is to be told."""
    return max([code for code in codes if code not in (OK, NOT_ENOUGH_LABELS)] or codes)


def _run(config: Config, *arguments: str) -> int:
    command = [sys.executable, "-m", str(__package__), *arguments]
    stored = {name: value for name, value in dotenv_values(config.root / ".env").items() if value is not None}
    return subprocess.run(command, cwd=config.root, env={**stored, **os.environ}, check=False).returncode
