"""A new version of the model from one that there is: the same trees or weights, with another end.

It is registered beside the trained ones, with checks of its own, so that it is promoted, rolled out and rolled back as
they are. Its run says which version it comes from.
"""

from __future__ import annotations

import json
import shutil
import time
import uuid
from dataclasses import asdict, dataclass
from datetime import datetime, timezone
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from . import artifact, registry
from .contract import load_contract
from .evaluate import outcomes_of
from .execution import as_text
from .log import now
from .metrics import all_metrics
from .model_validation import deployable, refusals_of
from .own_code import HERE, PACKAGE
from .periods import period_labels
from .register import RECORD
from .run_record import lineage_of
from .table import convert, read_table, write_table
from .tracking import MODEL_FILES, log_run

if TYPE_CHECKING:
    import pandas as pd

    from .champion import Version
    from .config import Config
    from .contract import Contract
    from .model_validation import Check
    from .scorer import Scorer


@dataclass(frozen=True)
class Derived:
    """What was registered; `refusals` are the checks that it did not pass."""

    number: int
    refusals: list[str]


def derive(
    config: Config, base: Version, scorer: Scorer, trigger: str, checks: list[Check], modules: tuple[str, ...] = ()
) -> Derived:
    """Register a version that differs from `base` in its scorer.

    Args:
        trigger: what it was made by, as the run record has it
        checks: what the new version had to pass; where it passed them all, it is tried in a clean environment too
        modules: of this package, that the scorer's file refers to beside those of the base
    """
    started = time.time()
    contract = load_contract(config)
    with TemporaryDirectory() as temporary:
        folder = Path(temporary) / MODEL_FILES
        shutil.copytree(base.folder, folder)
        for name in modules:
            shutil.copyfile(HERE / f"{name}.py", folder / "code" / PACKAGE / f"{name}.py")
        outcomes = _write_model(config, contract, scorer, folder)
        if all(each.passed for each in checks):
            checks = [*checks, deployable(config, folder)]
        verdict = {
            "passed": all(each.passed for each in checks),
            "champion": base.number,
            "checks": [asdict(each) for each in checks],
        }
        artifact.write_json(verdict, folder / "validation.json")
        record = _record(config, contract, base, folder, outcomes, verdict, trigger, started)
        artifact.write_json(record, folder / RECORD)
        run_id = log_run(config, record, folder)
    refusals = refusals_of(verdict)
    number = registry.register(config, run_id, lineage_of(record), refusals)
    print(f"Version    {number}, from version {base.number}, {'refused' if refusals else 'passed its checks'}")
    for refusal in refusals:
        print(f"Refused    {refusal}")
    return Derived(number, refusals)


def _write_model(config: Config, contract: Contract, scorer: Scorer, folder: Path) -> pd.DataFrame:
    """Write the model and all that says what it predicts, and return its outcomes on the test rows."""
    sha256 = artifact.save_model(scorer, folder)
    before, inputs = artifact.read_reference(folder)
    outcomes = outcomes_of(scorer, inputs, before["actual"])
    if "time" in before.columns:
        outcomes = outcomes.assign(time=before["time"])
    artifact.write_reference(outcomes, inputs, folder / artifact.REFERENCE)
    sample, _ = convert(read_table(folder / artifact.SAMPLE_INPUT, contract), contract.inputs, contract.source)
    write_table(scorer.predict(sample), folder / artifact.EXPECTED_OUTPUT)
    threshold = scorer.threshold if scorer.task == "binary" else None
    facts = artifact.read_metrics(folder)
    metrics = all_metrics(config.project.task, outcomes, contract.positive)
    changed = {
        "model_sha256": sha256,
        "threshold": threshold,
        "model": metrics,
        "by_period": _by_period(config, contract, outcomes, facts),
    }
    artifact.write_json({**facts, **changed}, folder / artifact.METRICS)
    signature = artifact.read_signature(folder)
    signature |= {"sha256": sha256, "threshold": threshold, "made_with": artifact.library_versions()}
    artifact.write_json(signature, folder / artifact.SIGNATURE)
    return outcomes


def _by_period(
    config: Config, contract: Contract, outcomes: pd.DataFrame, facts: dict[str, Any]
) -> list[dict[str, Any]]:
    if not facts["by_period"]:
        return []
    name, groups = facts["metric"], outcomes.groupby(period_labels(outcomes["time"], facts["period"]).to_numpy())
    return [
        {
            "period": label,
            "rows": len(rows),
            name: all_metrics(config.project.task, rows, contract.positive)[name],
        }
        for label, rows in groups
    ]


def _record(
    config: Config,
    contract: Contract,
    base: Version,
    folder: Path,
    outcomes: pd.DataFrame,
    verdict: dict[str, Any],
    trigger: str,
    started: float,
) -> dict[str, Any]:
    """Return the run record: that of the base, in what has not changed."""
    path = folder / "evaluation.json"
    evaluation = json.loads(path.read_text(encoding="utf-8"))
    evaluation["test"] = all_metrics(config.project.task, outcomes, contract.positive)
    artifact.write_json(evaluation, path)
    record: dict[str, Any] = json.loads((folder / RECORD).read_text(encoding="utf-8"))
    return {
        **record,
        "execution": f"{datetime.now(timezone.utc):%Y%m%dT%H%M%S}-{uuid.uuid4().hex[:6]}",
        "trigger": trigger,
        "started_at": as_text(started),
        "finished_at": now(),
        "seconds": round(time.time() - started, 3),
        "model": {"sha256": artifact.read_signature(folder)["sha256"]},
        "previous_model": {"version": base.number, "run_id": base.run_id},
        "metrics": {**record["metrics"], "test": evaluation["test"]},
        "validation": verdict,
    }
