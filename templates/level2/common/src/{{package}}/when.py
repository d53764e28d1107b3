"""When a schedule runs, as people write it, as cron does, and as systemd does."""

from __future__ import annotations

import re
from dataclasses import dataclass

DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
EXPECTED = '"06:00" (every day), "mon 06:00" (every week) or "hourly"'


@dataclass(frozen=True)
class When:
    """A time of every day, of one day of the week, or of every hour. `day` is 0 on a Sunday."""

    minute: int
    hour: int | None
    day: int | None

    @property
    def cron(self) -> str:
        """The first five fields of a line of a crontab."""
        hour, day = ("*" if part is None else part for part in (self.hour, self.day))
        return f"{self.minute} {hour} * * {day}"

    @property
    def systemd(self) -> str:
        """The value of OnCalendar."""
        day = "" if self.day is None else f"{DAYS[self.day].capitalize()} "
        hour = "*" if self.hour is None else f"{self.hour:02}"
        return f"{day}*-*-* {hour}:{self.minute:02}:00"


def parse_when(text: str) -> When | None:
    """Return what `text` says, or None where it is not as EXPECTED tells."""
    if text == "hourly":
        return When(0, None, None)
    match = re.fullmatch(rf"(?:({'|'.join(DAYS)}) +)?([01]\d|2[0-3]):([0-5]\d)", text.lower())
    if match is None:
        return None
    day, hour, minute = match.groups()
    return When(int(minute), int(hour), None if day is None else DAYS.index(day))
