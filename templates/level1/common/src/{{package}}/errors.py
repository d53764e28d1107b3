"""The failures that a person can mend, and the exit codes that tell them apart."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

OK = 0
ERROR = 1
BAD_INPUT = 2
ALERT = 3
NOT_ENOUGH_LABELS = 4
INTERRUPTED = 130
# slot: codes


class ProjectError(Exception):
    """A step could not do its work. The message says what to do; no traceback is shown."""

    exit_code = ERROR


class InputError(ProjectError):
    """A file, a setting or an argument is not what was expected."""

    exit_code = BAD_INPUT


class ContractError(InputError):
    """Data is not what contract.yaml says."""


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return ` (did you mean "…"?)` for the nearest known word, or nothing."""
    matches = get_close_matches(word, list(known), n=1)
    return f' (did you mean "{shorten(matches[0])}"?)' if matches else ""


def shorten(text: object, limit: int = 60) -> str:
    """Return `text` on one line, cut to `limit` characters, for messages."""
    line = " ".join(str(text).split())
    return line if len(line) <= limit else f"{line[: limit - 1]}…"


def listing(names: Iterable[object], limit: int = 10) -> str:
    """Return names in quotation marks, the first `limit` of them."""
    items = [f'"{shorten(name)}"' for name in names]
    more = f" and {len(items) - limit} more" if len(items) > limit else ""
    return ", ".join(items[:limit]) + more
