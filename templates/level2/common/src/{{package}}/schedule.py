"""Show what makes this machine collect and monitor every day: a cron entry, or units of systemd."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .errors import OK
from .settings import expect, read_settings

if TYPE_CHECKING:
    import argparse

    from .config import Config

SERVICE = """\
# ~/.config/systemd/user/{name}.service
[Unit]
Description=Collect data and monitor {name}

[Service]
Type=oneshot
ExecStart=/bin/sh -c {command}
"""

TIMER = """\
# ~/.config/systemd/user/{name}.timer, then: systemctl --user enable --now {name}.timer
[Timer]
OnCalendar=*-*-* {at}:00
Persistent=true

[Install]
WantedBy=timers.target
"""


@dataclass(frozen=True)
class Schedule:
    """The section `schedule` of mlops.yaml. `actuals` is a file of actual values that somebody else writes."""

    at: str = "06:00"
    actuals: str | None = None


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--systemd", action="store_true", help="units of systemd instead of a line for crontab -e")


def run(config: Config, arguments: argparse.Namespace) -> int:
    schedule = read_settings(config, "schedule", Schedule)
    at = str(schedule.at)
    expect(re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", at) is not None, "schedule.at", schedule.at, 'a time like "06:00"')
    command = daily_command(config, schedule)
    name = config.project.package
    if arguments.systemd:
        print(SERVICE.format(name=name, command=_for_systemd(command)))
        print(TIMER.format(name=name, at=at))
    else:
        # A percent sign ends the command of a crontab.
        print(f"{int(at[3:])} {int(at[:2])} * * * {command.replace('%', chr(92) + '%')}")
    return OK


def daily_command(config: Config, schedule: Schedule) -> str:
    """Return what is run: data is collected, and predictions are compared even if that fails."""
    root = shlex.quote(str(config.root))
    program = f".venv/bin/{config.project.package}"
    actuals = f" --actuals {shlex.quote(schedule.actuals)}" if schedule.actuals else ""
    steps = f"{{ {program} data; {program} monitor{actuals}; }}"
    return f"cd {root} && mkdir -p reports && {steps} >> reports/daily.log 2>&1"


def _for_systemd(command: str) -> str:
    return '"' + command.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$") + '"'
