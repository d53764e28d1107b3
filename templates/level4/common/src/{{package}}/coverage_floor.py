"""Hold what the tests run to what they ran before: in all, in each module, and no test file may go unnoticed.

tests/golden/coverage.json is what was recorded; --record does it anew after a change that is meant.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from .artifact import write_json
from .errors import OK, ProjectError
from .sample import golden_folder

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    from .config import Config

# Percent of the lines of a module that may be lost, as when a branch depends on the machine.
TOLERANCE = 5.0
MOST_TOLD = 10


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--record", action="store_true", help="record what the tests run today")
    parser.epilog = "make ci-coverage measures first. The floor for all lines: tool.coverage.report in pyproject.toml."


def run(config: Config, arguments: argparse.Namespace) -> int:
    now = measured(config)
    path = golden_folder(config) / "coverage.json"
    if arguments.record or not path.is_file():
        write_json(now, path)
        print(f"Recorded   {config.relative(path)}: commit it")
    problems = compare(json.loads(path.read_text(encoding="utf-8")), now, config.root)
    least = _floor(config.root)
    total = now["total"]
    if total < least:
        problems.insert(0, f"{total:.1f}% of all lines are run by tests, and fail_under in pyproject.toml is {least:g}")
    if problems:
        told = "\n  ".join(problems[:MOST_TOLD])
        raise ProjectError(f"Tests have become fewer:\n  {told}\nAfter a change that is meant: coverage --record")
    print(f"Coverage   {total:.1f}% of all lines, at least {least:g}%; no module has lost any")
    return OK


def measured(config: Config) -> dict[str, Any]:
    """Return percent of lines by module, and the files of tests that are there."""
    path = config.reports / "ci" / "coverage.json"
    if not path.is_file():
        raise ProjectError(f"There is no {config.relative(path)}: run make ci-coverage after the tests of CI.")
    report = json.loads(path.read_text(encoding="utf-8"))
    files = {name: round(each["summary"]["percent_covered"], 1) for name, each in sorted(report["files"].items())}
    tests = sorted(each.name for each in (config.root / "tests").glob("test_*.py"))
    return {"total": round(report["totals"]["percent_covered"], 1), "tests": tests, "files": files}


def compare(recorded: dict[str, Any], now: dict[str, Any], root: Path) -> list[str]:
    """Return what the tests no longer do."""
    gone = sorted(set(recorded["tests"]) - set(now["tests"]))
    problems = [f"tests/{name} is gone" for name in gone]
    for name, before in recorded["files"].items():
        after = now["files"].get(name)
        if after is None:
            if (root / name).is_file():
                problems.append(f"{name} is not measured any more")
        elif after < before - TOLERANCE:
            problems.append(f"{name}: {after:.0f}% of the lines, was {before:.0f}%")
    return problems


def _floor(root: Path) -> float:
    from coverage import Coverage

    return float(str(Coverage(config_file=str(root / "pyproject.toml")).get_option("report:fail_under") or 0))
