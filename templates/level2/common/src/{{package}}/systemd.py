"""A service and a timer of the user's own systemd, which are this project's."""

from __future__ import annotations

import hashlib
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from .errors import ProjectError

SERVICE = """\
# Written by make schedule in {root}
[Unit]
Description=Collect data and monitor {package}

[Service]
Type=oneshot
ExecStart=/bin/sh -c "{command}"
# Too few labels to judge are no failure.
SuccessExitStatus=4
"""

TIMER = """\
# Written by make schedule in {root}
[Unit]
Description=Collect data and monitor {package}

[Timer]
OnCalendar={calendar}
# Makes up for a run that was missed while the machine was off.
Persistent=true

[Install]
WantedBy=timers.target
"""


@dataclass(frozen=True)
class Units:
    """The units of the project in `root`. Their name tells two clones of it apart."""

    root: Path
    package: str

    @property
    def name(self) -> str:
        return f"{self.package}-{hashlib.sha256(os.fsencode(self.root)).hexdigest()[:8]}"

    @property
    def timer(self) -> Path:
        return self._folder / f"{self.name}.timer"

    def calendar(self) -> str | None:
        """Return when the timer runs, or None where there is none."""
        if not self.timer.exists():
            return None
        lines = self.timer.read_text(encoding="utf-8").splitlines()
        return next((line.partition("=")[2] for line in lines if line.startswith("OnCalendar=")), None)

    def add(self, calendar: str, command: str) -> None:
        """Write both units and start the timer; where that fails, leave none behind."""
        # Fails before anything is written where the user has no systemd.
        _systemctl("daemon-reload")
        facts = {"root": self.root, "package": self.package, "calendar": calendar, "command": _escape(command)}
        self._folder.mkdir(parents=True, exist_ok=True)
        self._service.write_text(SERVICE.format(**facts), encoding="utf-8")
        self.timer.write_text(TIMER.format(**facts), encoding="utf-8")
        try:
            _systemctl("daemon-reload")
            _systemctl("enable", self.timer.name)
            # Unlike start, this also takes over another time.
            _systemctl("restart", self.timer.name)
        except ProjectError:
            self._delete()
            raise

    def remove(self) -> bool:
        """Stop the timer, delete both units, and return whether there were any."""
        if not self.timer.exists():
            return False
        _systemctl("disable", "--now", self.timer.name)
        self._delete()
        _systemctl("daemon-reload")
        return True

    @property
    def _folder(self) -> Path:
        return Path(os.environ.get("XDG_CONFIG_HOME") or "~/.config").expanduser() / "systemd" / "user"

    @property
    def _service(self) -> Path:
        return self._folder / f"{self.name}.service"

    def _delete(self) -> None:
        self.timer.unlink(missing_ok=True)
        self._service.unlink(missing_ok=True)


def _escape(command: str) -> str:
    """Return a command as systemd reads it between double quotation marks."""
    for sign in ("\\", '"'):
        command = command.replace(sign, f"\\{sign}")
    return command.replace("%", "%%").replace("$", "$$")


def _systemctl(*arguments: str) -> None:
    try:
        result = subprocess.run(["systemctl", "--user", *arguments], capture_output=True, text=True, check=False)
    except FileNotFoundError as error:
        raise ProjectError("There is no systemctl on this machine. Take HOW=cron.") from error
    if result.returncode != 0:
        said = " ".join(result.stderr.split())
        raise ProjectError(f"systemctl --user {' '.join(arguments)} failed: {said}")
