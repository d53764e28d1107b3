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
    print(f"--- {datetime.now().astimezone().isoformat(timespec='seconds')}", flush=True)
    return worst([run_step(config, step) for step in read_steps(config)])


def read_steps(config: Config) -> list[list[str]]:
    """Return the commands of this project that are due every day, in their order, each with its arguments."""
    schedule = read_settings(config, "schedule", Schedule)
    actuals = ["--actuals", str(schedule.actuals)] if schedule.actuals else []
    steps = [["data"], ["monitor", *actuals]]
    # slot: steps
    return steps


def worst(codes: list[int]) -> int:
    """Return the exit code to report: too few labels are told only where nothing else is to be told."""
    return max([code for code in codes if code not in (OK, NOT_ENOUGH_LABELS)] or codes)


def run_step(config: Config, step: list[str]) -> int:
    """Run a command of this project in a process of its own, and return its exit code."""
    command = [sys.executable, "-m", str(__package__), *step]
    stored = {name: value for name, value in dotenv_values(config.root / ".env").items() if value is not None}
    return subprocess.run(command, cwd=config.root, env={**stored, **os.environ}, check=False).returncode
