"""One verdict on why predictions have become worse, with the evidence: the last word of `diagnose`.

The causes are looked for in the order in which they would hide one another. A service that computes something else
than the model makes every other finding worthless; wrong labels make a good model look bad; a leak and broken data
look like drift. What is left is a change of the world: of the rows (covariate drift) or of how they turn out (concept
drift).
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from .case import Case, read_case
from .causes_in_inputs import broken_data, harder_rows, serving_skew, stuck_data
from .causes_in_labels import leak, unrelated_labels, wrong_labels

if TYPE_CHECKING:
    from pathlib import Path

    from .config import Config
    from .contract import Contract

NONE = "none"
UNKNOWN = "unknown"

ADVICE = {
    NONE: "Nothing has to be done. Changed inputs alone are no reason to retrain.",
    "train/serve skew": "Correct the code that serves. Training again would learn nothing from it.",
    "label fault": "Correct how actual values are recorded or joined. The model may be as good as before.",
    "leakage": "Take the input out (type: ignore in contract.yaml) and train again: a lower metric, but an honest one.",
    "data quality": "Repair the data at its source, and predict again for the rows concerned.",
    "covariate drift": "Train again once there are enough such rows with actual values.",
    "concept drift": "Train again on recent rows only, after asking what has changed in the world.",
    UNKNOWN: "Collect actual values first.",
}


@dataclass(frozen=True)
class Verdict:
    """The cause, and what speaks for it. `context` is what else was seen."""

    cause: str
    evidence: list[str]
    context: list[str] = field(default_factory=list)

    @property
    def advice(self) -> str:
        return ADVICE[self.cause]


def find_cause(config: Config, contract: Contract, log: Path, period: str) -> Verdict:
    """Return the cause of bad predictions in a period of the log, or that there is none."""
    return judge(read_case(config, contract, log, period))


def judge(case: Case) -> Verdict:
    """Look for each cause in turn."""
    skew = serving_skew(case)
    if skew:
        return Verdict("train/serve skew", skew)
    known, needed = len(case.labelled), case.config.monitoring.min_labels
    if known < needed:
        broken = broken_data(case)
        if broken:
            return Verdict("data quality", broken)
        return Verdict(UNKNOWN, [f"{known:,} actual values are known, {needed} are needed to judge"], _estimate(case))
    realised = f"{case.metric.label} {case.realised:.4g}, {case.reference.value:.4g} on the test rows"
    if case.is_as_expected(case.realised):
        return Verdict(NONE, [f"Predictions are as good as expected: {realised}"], _estimate(case))
    context = [f"Predictions are worse than expected: {realised}", *_estimate(case)]
    for cause, look in (
        ("label fault", wrong_labels),
        ("leakage", leak),
        ("data quality", broken_data),
        ("covariate drift", harder_rows),
        ("data quality", stuck_data),
        ("label fault", unrelated_labels),
    ):
        evidence = look(case)
        if evidence:
            return Verdict(cause, evidence, context)
    return Verdict(
        "concept drift",
        [
            "The data is whole, the service computes what the model says, and the labels follow from the inputs, but "
            "in another way than in training: a model trained anew on this period predicts it.",
        ],
        context,
    )


def describe_cause(verdict: Verdict) -> str:
    """Return the verdict for a terminal."""
    lines = [f"Cause: {verdict.cause}", *(f"  - {each}" for each in verdict.evidence)]
    lines += [f"    {each}" for each in verdict.context]
    return "\n".join([*lines, f"What to do: {verdict.advice}", ""])


def with_cause(findings: str, verdict: Verdict) -> str:
    """Add the verdict to the findings, which are JSON."""
    content: dict[str, Any] = {"verdict": {**asdict(verdict), "advice": verdict.advice}, **json.loads(findings)}
    return json.dumps(content, indent=2, ensure_ascii=False)


def _estimate(case: Case) -> list[str]:
    value = case.estimated
    return [] if value != value else [f"Without actual values, {value:.4g} was to be expected"]
