"""Write docs/model-card.md and docs/data-sheet.md from the record of a run; nothing is written by hand there.

What only people know is in docs/project.md, which both point to.
"""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from . import registry
from .errors import OK, InputError
from .find_run import find_run
from .table import replacing
from .tracking import fetch_files

if TYPE_CHECKING:
    import argparse

    from .config import Config

PAGES = ("model-card.md", "data-sheet.md")
PARTS = ("run", "signature", "metrics", "evaluation", "validation", "data", "features")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("run", nargs="?", help="version, alias, or beginning of a run's id (default: champion)")


def run(config: Config, arguments: argparse.Namespace) -> int:
    found = find_run(config, arguments.run or _default(config))
    numbers = [each.number for each in registry.versions(config) if each.run_id == found.id]
    with TemporaryDirectory() as temporary:
        folder = fetch_files(config, found.id, Path(temporary))
        facts = {name: _read(folder / f"{name}.json") for name in PARTS}
    environment = Environment(
        loader=PackageLoader(str(__package__)), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= {"cell": _cell, "number": _number}
    for page in PAGES:
        text = environment.get_template(page).render(
            project=config.project, version=numbers[0] if numbers else None, run_id=found.id, **facts
        )
        path = config.root / "docs" / page
        with replacing(path) as temporary_path:
            temporary_path.write_text(text, encoding="utf-8")
        print(f"Written    {config.relative(path)}")
    return OK


def _default(config: Config) -> str:
    """Return the champion, or while there is none the newest version."""
    known = registry.versions(config)
    if not known:
        raise InputError("There is no version of the model yet: run make pipeline.")
    return "champion" if any("champion" in each.aliases for each in known) else str(known[0].number)


def _read(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content


def _cell(value: object) -> str:
    """Return a value as it may stand in a table of Markdown."""
    return " ".join(str(value).split()).replace("|", "\\|")


def _number(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, (int, float)) else str("-" if value is None else value)
