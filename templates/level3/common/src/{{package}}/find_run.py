"""Find a run by what people call it: a version of the model, an alias, or the beginning of its id."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import registry
from .errors import InputError
from .tracking import find_runs

if TYPE_CHECKING:
    from .config import Config
    from .tracking import Run


def find_run(config: Config, reference: str, runs: list[Run] | None = None) -> Run:
    """Return the run of a version, an alias, or an id.

    Raises:
        InputError: there is none, or more than one.
    """
    known = find_runs(config) if runs is None else runs
    for each in registry.versions(config):
        if reference in (str(each.number), *each.aliases):
            reference = each.run_id
    found = [run for run in known if reference and run.id.startswith(reference)]
    if len(found) != 1:
        names = ", ".join(run.id[:8] for run in known[:10]) or "none yet: run make pipeline"
        what = "more than one run" if found else "no run and no version"
        raise InputError(f'There is {what} "{reference}". Runs, the newest first: {names}.')
    return found[0]
