"""The review of a version by a person: docs/reviews/version-N.md, which begins as a template with what was measured.

A version without an approved review cannot reach production: require_review says so.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader

from . import registry
from .artifact import MODEL
from .candidate import find_candidate
from .errors import OK, REFUSED, ProjectError
from .table import replacing

if TYPE_CHECKING:
    import argparse

    from .champion import Version
    from .config import Config

FOLDER = "docs/reviews"
PLACEHOLDER = "FILL IN"
FIELDS = ("Reviewer", "Date", "Reason")
APPROVED = "approved"
WORST_SLICES = 5


class ReviewError(ProjectError):
    """A version was not reviewed, or not approved."""

    exit_code = REFUSED


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("version", nargs="?", help="number or alias (default: challenger, champion or the newest)")
    parser.add_argument("--check", action="store_true", help="fail unless it was reviewed and approved")


def run(config: Config, arguments: argparse.Namespace) -> int:
    version = find_candidate(config, arguments.version)
    if arguments.check:
        print(f"Review     version {version.number} was approved by {require_review(config, version)}")
        return OK
    path = begin_review(config, version)
    print(f"Review     {config.relative(path)}: look at the numbers, fill in the decision, and commit it")
    return OK


def review_file(config: Config, version: Version) -> Path:
    return config.root / FOLDER / f"version-{version.number}.md"


def begin_review(config: Config, version: Version) -> Path:
    """Write the template of the review with what was measured, unless a person has begun it already."""
    path = review_file(config, version)
    if not path.is_file():
        loader = FileSystemLoader(Path(__file__).parent / "templates")
        environment = Environment(loader=loader, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True)
        text = environment.get_template("review.md").render(facts_of(config, version))
        with replacing(path) as temporary:
            temporary.write_text(text, encoding="utf-8")
    return path


def require_review(config: Config, version: Version) -> str:
    """Return who has approved a version.

    Raises:
        ReviewError: nobody has; the message says what is missing.
    """
    path = review_file(config, version)
    where, how = config.relative(path), f"make review VERSION={version.number} begins it"
    if not path.is_file():
        raise ReviewError(f"Version {version.number} was not reviewed: there is no {where}. {how}.")
    text = path.read_text(encoding="utf-8")
    if f"`{version.lineage['sha256']}`" not in text:
        raise ReviewError(f"{where} is about another model than version {version.number}. Remove it; {how}.")
    fields = dict(re.findall(r"^- \*\*(\w+)\*\*: *(.*?) *$", text, re.MULTILINE))
    missing = [name for name in (*FIELDS, "Decision") if fields.get(name, "") in ("", PLACEHOLDER)]
    if missing:
        raise ReviewError(f"{where} does not say yet: {', '.join(missing)}.")
    if fields["Decision"].lower() != APPROVED:
        raise ReviewError(f"{where}: the decision is {fields['Decision']!r}, not {APPROVED}: {fields['Reason']}")
    return str(fields["Reviewer"])


def facts_of(config: Config, version: Version) -> dict[str, Any]:
    """Return what was measured of a version, and of the champion beside it."""
    champion = registry.champion(config)
    other = None if champion is None or champion.number == version.number else champion
    evaluation, record = _read(version, "evaluation"), _read(version, "run")
    theirs = {} if other is None else _read(other, "evaluation")["test"]
    slices = [each for each in evaluation["slices"] if each.get("error") is not None]
    return {
        "project": config.project.name,
        "version": version,
        "champion": other,
        "evaluation": evaluation,
        "metrics": [
            (name, value, evaluation["train"].get(name), evaluation["baseline"].get(name), theirs.get(name))
            for name, value in evaluation["test"].items()
        ],
        "slices": sorted(slices, key=lambda each: -each["error"])[:WORST_SLICES],
        "skew": record["value_skew"],
        "data": record["data"],
        "seconds": record["seconds"],
        "steps": {name: step["seconds"] for name, step in record["steps"].items() if "seconds" in step},
        "megabytes": (version.folder / MODEL).stat().st_size / 1e6,
        "checks": record["validation"]["checks"],
        "delivery": _delivery_checks(config, version),
        "placeholder": PLACEHOLDER,
        "number": lambda value: "-" if value is None else f"{value:.4g}",
        "cell": lambda text: " ".join(str(text).split()).replace("|", "\\|"),
    }


def _read(version: Version, name: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((version.folder / f"{name}.json").read_text(encoding="utf-8"))
    return content


def _delivery_checks(config: Config, version: Version) -> list[dict[str, Any]]:
    """Return what `make cd-check` has found last, where it was about this version."""
    path = config.reports / "cd-check.json"
    if not path.is_file():
        return []
    content = json.loads(path.read_text(encoding="utf-8"))
    return list(content["checks"]) if content["sha256"] == version.lineage["sha256"] else []
