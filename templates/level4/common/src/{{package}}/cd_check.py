"""Check a version of the model before it is delivered: package, interface, load, data, targets.

The checks are those that Google's "MLOps: Continuous delivery and automation pipelines in machine learning" asks of
continuous delivery. Budgets are in mlops.yaml, targets in params.yaml, the recorded interface is
tests/golden/openapi.json.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import httpx
import pandas as pd

from .artifact import EXPECTED_OUTPUT, SAMPLE_INPUT, library_versions, read_reference, read_signature, write_json
from .budgets import read_budgets
from .candidate import find_candidate, stage
from .collected import clean_rows
from .contract import load_contract
from .data import load_dataset
from .data_versions import fetch_rows, find_data_version
from .errors import OK, REFUSED, ProjectError, listing
# slot: imports
from .load_test import Load, run_load, serving
from .model_validation import Check, deployable, refusals_of, target_checks
from .params import read_parameters
from .payload import as_json_rows
from .sample import golden_folder
from .table import read_table
from .training_pipeline import require_machine
from .verify import check_output

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from .champion import Version
    from .config import Config


@dataclass(frozen=True)
class Visit:
    """What the service of a version has said: its description, answers for the sample, how it bears a load."""

    description: dict[str, Any]
    answers: list[dict[str, Any]]
    refusal: str | None
    load: Load


@dataclass(frozen=True)
class Attempt:
    """A version, and the project of its own that it is tried in."""

    config: Config
    version: Version
    staged: Config
    is_sample: bool = False

    @cached_property
    def visit(self) -> Visit:
        """Start the service once, and ask it everything.

        Raises:
            ProjectError: it does not start.
        """
        contract = load_contract(self.staged)
        rows = as_json_rows(read_table(self.version.folder / SAMPLE_INPUT, contract), contract)
        with serving(self.staged) as address:
            description = httpx.get(f"{address}/openapi.json", timeout=30, trust_env=False).json()
            answer = httpx.post(f"{address}/predictions", json={"rows": rows}, timeout=30, trust_env=False)
            load = run_load(address, rows, read_budgets(self.config))
        is_answered = answer.status_code == httpx.codes.OK
        answers = answer.json()["predictions"] if is_answered else []
        return Visit(description, answers, None if is_answered else answer.text[:300], load)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("version", nargs="?", help="number or alias (default: challenger, champion or the newest)")
    parser.epilog = "The report is reports/cd-check.json."


def run(config: Config, arguments: argparse.Namespace) -> int:
    checks = check_version(config, arguments.version)
    return OK if all(check.passed for check in checks) else REFUSED


def check_version(
    config: Config, reference: str | None = None, *, is_sample: bool = False, report: Path | None = None
) -> list[Check]:
    """Run every check on a version, print what was found, and write it down. That of a sample need not be good."""
    version = find_candidate(config, reference)
    print(f"Version    {version.number}, sha256 {version.lineage['sha256'][:12]}")
    with TemporaryDirectory() as temporary:
        attempt = Attempt(config, version, stage(config, version, Path(temporary)), is_sample)
        checks = [_try(name, check, attempt) for name, check in CHECKS.items()]
    content = {
        "version": version.number,
        "sha256": version.lineage["sha256"],
        "passed": all(check.passed for check in checks),
        "checks": [asdict(check) for check in checks],
    }
    write_json(content, report or config.reports / "cd-check.json")
    return checks


def check_package(attempt: Attempt) -> str:
    """The version loads where only the runtime dependencies are, with the libraries that it was made with."""
    tried = deployable(attempt.config, attempt.version.folder)
    if not tried.passed:
        raise ProjectError(tried.finding)
    made_with, here = read_signature(attempt.version.folder)["made_with"], library_versions()
    differing = [name for name in made_with if made_with[name] != here.get(name)]
    if differing:
        raise ProjectError(f"it was made with other versions of {listing(differing)}; train again, or set up again")
    require_machine(read_parameters(attempt.config.root))
    return tried.finding


def check_interface(attempt: Attempt) -> str:
    """The service takes what the recorded description says, and answers the sample as the model does."""
    path = golden_folder(attempt.config) / "openapi.json"
    if not path.is_file():
        raise ProjectError(f"there is no {attempt.config.relative(path)} to compare with; make golden records it")
    recorded = json.loads(path.read_text(encoding="utf-8"))
    visit = attempt.visit
    problems = broken_promises(recorded, visit.description)
    if problems:
        raise ProjectError(f"the interface is not the recorded one: {'; '.join(problems)}")
    if visit.refusal is not None:
        raise ProjectError(f"the sample is refused: {visit.refusal}")
    expected = pd.read_csv(attempt.version.folder / EXPECTED_OUTPUT, dtype={"prediction": str})
    check_output(pd.DataFrame(visit.answers), expected[["prediction", "score"]])
    return f"{len(visit.answers)} sample rows give the expected output over HTTP"


def broken_promises(recorded: dict[str, Any], now: dict[str, Any]) -> list[str]:
    """Return what a client that was written for the recorded description can no longer do."""
    problems = [
        f"{method.upper()} {path} is gone"
        for path, methods in recorded["paths"].items()
        if path != "/health"
        for method in methods
        if method not in now["paths"].get(path, {})
    ]
    before, after = (each["components"]["schemas"].get("Row", {}) for each in (recorded, now))
    for name, kind in before.get("properties", {}).items():
        if name not in after.get("properties", {}):
            problems.append(f'the input "{name}" is gone')
        elif _plain(after["properties"][name]) != _plain(kind):
            problems.append(f'the input "{name}" has another type')
    new = sorted(set(after.get("required", [])) - set(before.get("required", [])))
    return problems + [f'the input "{name}" is required' for name in new]


def check_load(attempt: Attempt) -> str:
    """Under a bounded load there are no failures, and answers are as many and as quick as budgeted."""
    budgets, load = read_budgets(attempt.config), attempt.visit.load
    found = f"{load.requests:,} requests, {load.qps:,.0f} a second, p95 {load.p95_ms:.1f} ms"
    problems = []
    if load.failures:
        problems.append(f"{load.failures:,} were not answered")
    if load.qps < budgets.qps:
        problems.append(f"budgets.qps is {budgets.qps:g}")
    if load.p95_ms > budgets.p95_ms:
        problems.append(f"budgets.p95_ms is {budgets.p95_ms:g}")
    if problems:
        raise ProjectError(f"{found}; {' and '.join(problems)}")
    return found


def check_data(attempt: Attempt) -> str:
    """The rows that it was trained on keep today's contract."""
    version = find_data_version(attempt.config, attempt.version.lineage["data_version"])
    rows = clean_rows(attempt.staged)
    rows.parent.mkdir(parents=True, exist_ok=True)
    fetch_rows(attempt.config, version, rows)
    dataset = load_dataset(attempt.staged, load_contract(attempt.staged))
    skew = json.loads((attempt.version.folder / "data.json").read_text(encoding="utf-8"))["value_skew"]
    shifted = f", shifted: {listing(each['input'] for each in skew)}" if skew else ""
    return f"{len(dataset):,} rows of the data version {version.name} keep the contract{shifted}"


def check_targets(attempt: Attempt) -> str:
    """It has passed validation, and reaches the targets of today."""
    if attempt.is_sample:
        return "not asked of a rehearsal"
    folder = attempt.version.folder
    verdict = json.loads((folder / "validation.json").read_text(encoding="utf-8"))
    refusals = refusals_of(verdict)
    outcomes, _ = read_reference(folder)
    settings = read_parameters(attempt.config.root).validation
    checks = target_checks(attempt.config, load_contract(attempt.config), settings, outcomes)
    refusals += [f"{each.name}: {each.finding}" for each in checks if not each.passed]
    if refusals:
        raise ProjectError("; ".join(refusals))
    return f"{len(verdict['checks'])} checks of validation and {len(checks)} targets"


CHECKS: dict[str, Callable[[Attempt], str]] = {
    "package": check_package,
    "interface": check_interface,
    "load": check_load,
    "data": check_data,
    "targets": check_targets,
    # slot: checks
}


def _try(name: str, check: Callable[[Attempt], str], attempt: Attempt) -> Check:
    try:
        result = Check(name, True, check(attempt))
    except ProjectError as error:
        result = Check(name, False, str(error))
    print(f"{'ok  ' if result.passed else 'FAIL'}       {name}: {result.finding}", flush=True)
    return result


def _plain(kind: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in kind.items() if name not in ("title", "description", "examples")}
