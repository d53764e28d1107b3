"""Write what a version of the model changes, from runs and commits: docs/releases/version-N.md.

With --tag: reports/ci/notes.md, what has come in since the tag before, with the notes of versions among it.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader

from . import registry
from .candidate import find_candidate
from .errors import OK, InputError
from .review import review_file
from .table import replacing

if TYPE_CHECKING:
    import argparse

    from .champion import Version
    from .config import Config

FOLDER = "docs/releases"
MOST_COMMITS = 100


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("version", nargs="?", help="number or alias (default: challenger, champion or the newest)")
    parser.add_argument("--tag", help="write the notes of this release of the code instead")


def run(config: Config, arguments: argparse.Namespace) -> int:
    if arguments.tag is not None:
        return write_tag_notes(config, arguments.tag)
    version = find_candidate(config, arguments.version)
    path = config.root / FOLDER / f"version-{version.number}.md"
    loader = FileSystemLoader(Path(__file__).parent / "templates")
    environment = Environment(loader=loader, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True)
    text = environment.get_template("release-notes.md").render(facts_of(config, version))
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8")
    print(f"Notes      {config.relative(path)}")
    return OK


def facts_of(config: Config, version: Version) -> dict[str, Any]:
    """Return what is known of a version, and of the one that it takes the place of."""
    before = version_before(config, version)
    record, old = _record(version), None if before is None else _record(before)
    past = {} if old is None else old["metrics"]["test"]
    old_sha = None if old is None else old["code"]["git_sha"]
    review = review_file(config, version)
    return {
        "project": config.project.name,
        "version": version,
        "before": before,
        "record": record,
        "old": old,
        "metrics": [(name, past.get(name), value) for name, value in record["metrics"]["test"].items()],
        "commits": commits_between(config.root, old_sha, record["code"]["git_sha"]),
        "review": config.relative(review).as_posix() if review.is_file() else None,
        "number": lambda value: "-" if value is None else f"{value:.4g}",
        "cell": lambda text: " ".join(str(text).split()).replace("|", "\\|"),
    }


def version_before(config: Config, version: Version) -> Version | None:
    """Return the version that this one has replaced, or else would replace, or else the newest one before it."""
    known = {each.number: each for each in registry.versions(config)}
    replaced = known[version.number].replaced
    champion = registry.champion(config)
    if replaced is None and champion is not None and champion.number != version.number:
        replaced = champion.number
    if replaced is None:
        replaced = max((number for number in known if number < version.number), default=None)
    return None if replaced is None else registry.resolve(config, str(replaced))


def write_tag_notes(config: Config, tag: str) -> int:
    """Write the notes of a tag: commits since the tag before it, and the notes of versions that came with them."""
    if not _git(config.root, "rev-parse", "--verify", "--quiet", f"{tag}^{{commit}}"):
        raise InputError(f'There is no tag "{tag}" here.')
    before = _git(config.root, "describe", "--tags", "--abbrev=0", f"{tag}^")
    old = before[0] if before else None
    span = [f"{old}..{tag}"] if old else [tag]
    listed = _git(config.root, "log", "--name-only", "--relative", "--format=", *span, "--", FOLDER)
    paths = [config.root / name for name in sorted(set(listed)) if name]
    texts = [path.read_text(encoding="utf-8") for path in paths if path.is_file()]
    notes = [text.replace("\n#", "\n##").removeprefix("#") for text in texts]
    commits = "\n".join(f"- {each}" for each in commits_between(config.root, old, tag)) or "None."
    parts = [f"# {tag}", *(f"##{note.rstrip()}" for note in notes), f"## Commits\n\n{commits}"]
    path = config.reports / "ci" / "notes.md"
    with replacing(path) as temporary:
        temporary.write_text("\n\n".join(parts) + "\n", encoding="utf-8")
    print(f"Notes      {config.relative(path)}")
    return OK


def commits_between(root: Path, old: str | None, new: str | None) -> list[str]:
    """Return the commits that came in, the newest first, as lines of hash and subject."""
    if new is None:
        return []
    span = new if old is None else f"{old}..{new}"
    return _git(root, "log", "--format=%h %s", f"--max-count={MOST_COMMITS}", span, "--", ".")


def _git(root: Path, *arguments: str) -> list[str]:
    """Return the lines that git says, none where it fails."""
    result = subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True, check=False)
    return result.stdout.splitlines() if result.returncode == 0 else []


def _record(version: Version) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((version.folder / "run.json").read_text(encoding="utf-8"))
    return content
