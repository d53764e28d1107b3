"""The user's crontab: one marked block of it is this project's, and all else stays byte for byte."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .errors import ProjectError

if TYPE_CHECKING:
    from pathlib import Path

# How `crontab -l` says that the user has none yet, in the implementations of Debian, Red Hat and BusyBox.
NONE_YET = ("no crontab for", "No such file or directory")


@dataclass(frozen=True)
class Crontab:
    """What belongs to the project in `root`."""

    root: Path

    def line(self) -> str | None:
        """Return the project's line, or None where there is none."""
        _, inside, _ = self._split(_read_if_possible())
        return inside.decode().strip() or None

    def add(self, line: str) -> None:
        before, _, after = self._split(_read())
        if before and not before.endswith(b"\n"):
            before += b"\n"
        _write(before + self._begin + f"{line}\n".encode() + self._end + after)

    def remove(self) -> bool:
        """Take the project's line out, and return whether there was one."""
        before, inside, after = self._split(_read_if_possible())
        if inside:
            _write(before + after)
        return bool(inside)

    @property
    def _begin(self) -> bytes:
        return os.fsencode(f"# begin {self.root}: written by make schedule\n")

    @property
    def _end(self) -> bytes:
        return os.fsencode(f"# end {self.root}\n")

    def _split(self, content: bytes) -> tuple[bytes, bytes, bytes]:
        """Return what is before, in and after the project's block."""
        before, begin, rest = content.partition(self._begin)
        if not begin:
            return content, b"", b""
        inside, end, after = rest.partition(self._end)
        if not end:
            line = self._begin.decode(errors="replace").strip()
            raise ProjectError(f'Your crontab has the line "{line}" without its end. Mend it first: crontab -e')
        return before, inside, after


def cron_line(fields: str, command: str) -> str:
    """Return a line of a crontab, in which a percent sign would end the command."""
    return f"{fields} {command.replace('%', chr(92) + '%')}"


def _read() -> bytes:
    result = _crontab("-l")
    if result.returncode == 0:
        return result.stdout
    message = result.stderr.decode(errors="replace").strip()
    if any(each in message for each in NONE_YET):
        return b""
    raise ProjectError(f"Your crontab could not be read: {message}")


def _read_if_possible() -> bytes:
    try:
        return _read()
    except ProjectError:
        # What this user cannot read holds nothing that the project has written.
        return b""


def _write(content: bytes) -> None:
    result = _crontab("-", content) if content else _crontab("-r")
    if result.returncode != 0:
        message = result.stderr.decode(errors="replace").strip()
        raise ProjectError(f"Your crontab was not changed: {message}")


def _crontab(argument: str, content: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(
            ["crontab", argument], input=content, capture_output=True, env={**os.environ, "LC_ALL": "C"}, check=False
        )
    except FileNotFoundError as error:
        raise ProjectError(
            "There is no crontab on this machine. Install cron, take HOW=systemd, or let another scheduler run the "
            "project's command daily."
        ) from error
