"""Let this machine collect data and monitor by itself, with cron or with systemd. By default, show how."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from .config import SETTINGS_FILE
from .crontab import Crontab, cron_line
from .daily import Schedule
from .errors import OK, InputError
from .settings import read_settings
from .systemd import Units
from .when import EXPECTED, When, parse_when

if TYPE_CHECKING:
    import argparse

    from .config import Config

OVERVIEW = """\
by hand    make daily
cron       make schedule HOW=cron      adds to your crontab:
           {line}
systemd    make schedule HOW=systemd   writes and starts {timer}
neither    make schedule HOW=none      takes back what was added

WHEN= takes {expected}; by default it is schedule.at of mlops.yaml.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("how", nargs="?", default="show", choices=("show", "cron", "systemd", "none"))
    parser.add_argument("--when", default="", help=f"{EXPECTED}; by default schedule.at of mlops.yaml")


def run(config: Config, arguments: argparse.Namespace) -> int:
    when = _when(config, arguments.when)
    command = daily_command(config)
    crontab, units = Crontab(config.root), Units(config.root, config.project.package)
    if arguments.how == "cron":
        crontab.add(cron_line(when.cron, command))
        units.remove()
    elif arguments.how == "systemd":
        units.add(when.systemd, command)
        crontab.remove()
    elif arguments.how == "none":
        crontab.remove()
        units.remove()
    print(describe(crontab, units))
    if arguments.how == "show":
        print()
        print(OVERVIEW.format(line=cron_line(when.cron, command), timer=units.timer, expected=EXPECTED), end="")
    return OK


def describe(crontab: Crontab, units: Units) -> str:
    """Say what of the project is scheduled now."""
    line, calendar = crontab.line(), units.calendar()
    if line is None and calendar is None:
        return "Nothing is scheduled."
    found = [] if line is None else [f"Scheduled  by cron: {line}"]
    if calendar is not None:
        found.append(f"Scheduled  by systemd: {calendar}, {units.timer}")
        found.append("           while you are logged in; loginctl enable-linger makes it always")
    return "\n".join([*found, "Output     reports/daily.log"])


def daily_command(config: Config) -> str:
    """Return what is run, for a POSIX shell.

    Raises:
        InputError: the project's path cannot be written in a crontab or in a unit.
    """
    root = str(config.root)
    if not root.isprintable():
        raise InputError(f"The path {root!r} holds a sign that no schedule can hold. Move the project.")
    program = f".venv/bin/{config.project.package}"
    return f"cd {shlex.quote(root)} && mkdir -p reports && {program} daily >> reports/daily.log 2>&1"


def _when(config: Config, given: str) -> When:
    value = given or str(read_settings(config, "schedule", Schedule).at)
    when = parse_when(value)
    if when is None:
        place = "WHEN" if given else f"{SETTINGS_FILE}: schedule.at"
        raise InputError(f"{place} is {value!r}; expected {EXPECTED}, with the quotation marks in a file.")
    return when
