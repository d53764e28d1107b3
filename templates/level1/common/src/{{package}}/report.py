"""The findings of monitoring in words: for the terminal, as JSON, as Markdown and as one HTML file."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from .drift import CHANGED
from .errors import shorten
from .table import replacing

if TYPE_CHECKING:
    from pathlib import Path

    from .config import Config
    from .contract import Contract
    from .drift import Change
    from .monitor import Findings

MOST_CHANGES = 10

HEADLINES = {
    "OK": "The model predicts as well as expected.",
    "ALERT": "The model predicts worse than expected.",
    "NOT ENOUGH LABELS": "Too few actual values are known to say how the model does.",
}

NEXT_STEPS = {
    "OK": [
        "Nothing has to be done. Changed inputs alone are no reason to retrain.",
        "Look again when the actual values of the next period are there.",
    ],
    "ALERT": [
        "Find the cause before anything else: `make diagnose` ranks the inputs, RCA.md is the checklist.",
        "Until it is found, let a person check what is decided on these predictions.",
        "Repair the data if it is broken. Train again only if the world itself has changed.",
    ],
    "NOT ENOUGH LABELS": [
        "Collect the missing actual values, and run `make monitor` with them.",
        "Until then nobody knows whether the model still works; do not read this as good news.",
        "If actual values always come later, raise monitoring.waiting_periods in mlops.yaml.",
    ],
}


def summarise(findings: Findings) -> dict[str, Any]:
    """Return the findings as plain data."""
    reference = findings.reference
    return {
        "verdict": findings.decisive.verdict,
        "headline": HEADLINES[findings.decisive.verdict],
        "period": findings.decisive.name,
        "reason": findings.decisive.reason,
        "metric": findings.metric.name,
        "higher_is_better": findings.metric.higher_is_better,
        "reference": {
            "value": reference.value,
            "deviation_between_periods": reference.between,
            "deviation_by_chance": reference.sampling,
            "rows": reference.rows,
        },
        "periods": [{**asdict(period), "coverage": period.coverage} for period in findings.periods],
        "actuals": None if findings.recorded is None else asdict(findings.recorded),
        "changed_inputs": changed_inputs(findings),
        "is_example": findings.is_example,
    }


def describe(findings: Findings) -> str:
    """Return the findings for a terminal, the verdict last but one."""
    metric, decisive = findings.metric, findings.decisive
    lines = [] if findings.recorded is None else [f"Actuals    {findings.recorded}"]
    lines.append(f"Reference  {metric.label} {findings.reference.value:.4g} on the test rows")
    lines += [f"{each.name:<10} {each.verdict}: {each.reason}" for each in findings.periods[-6:]]
    changed = changed_inputs(findings)
    if changed:
        lines.append(f"Context    changed inputs, no alarm by themselves: {', '.join(map(shorten, changed))}")
    lines.append(f"Verdict    {decisive.verdict}. {HEADLINES[decisive.verdict]} ({decisive.name})")
    return "\n".join(lines)


def changed_inputs(findings: Findings) -> list[str]:
    return [change.name for change in findings.changes if change.psi > CHANGED]


def unusual_inputs(findings: Findings) -> list[Change]:
    """Return the inputs in which something stands out, the most unusual first."""
    return [change for change in findings.changes if change.notes][:MOST_CHANGES]


def write_reports(config: Config, contract: Contract, findings: Findings) -> list[Path]:
    """Write reports/monitor.md, and reports/monitor.html where the tools for plots are installed."""
    paths = [config.reports / "monitor.md"]
    text = _as_markdown(findings)
    # slot: text
    with replacing(paths[0]) as temporary:
        temporary.write_text(text, encoding="utf-8")
    html = _as_html(config, contract, findings)
    if html is not None:
        paths.append(config.reports / "monitor.html")
        with replacing(paths[1]) as temporary:
            temporary.write_text(html, encoding="utf-8")
    return paths


def _as_markdown(findings: Findings) -> str:
    decisive = findings.decisive
    rows = [
        f"| {each.name} | {each.verdict} | {each.predictions:,} | {each.coverage:.0%} | {_cell(each.value)} "
        f"| {_cell(each.low)} to {_cell(each.high)} |"
        for each in reversed(findings.periods)
    ]
    steps = [f"- {step}" for step in NEXT_STEPS[decisive.verdict]]
    return "\n".join(
        [
            f"# {decisive.verdict}: {HEADLINES[decisive.verdict]}",
            "",
            f"{decisive.name}: {decisive.reason}.",
            "",
            *steps,
            "",
            f"| period | verdict | predictions | with actual value | {findings.metric.label} | expected |",
            "|---|---|---|---|---|---|",
            *rows,
            "",
            *_unusual_as_markdown(findings),
        ]
    )


def _unusual_as_markdown(findings: Findings) -> list[str]:
    changes = unusual_inputs(findings)
    if not changes:
        return []
    lines = [f"- {shorten(change.name)}: {'; '.join(change.notes)}" for change in changes]
    return ["Inputs that look different, as context, no alarm by themselves:", "", *lines, ""]


def _as_html(config: Config, contract: Contract, findings: Findings) -> str | None:
    """Return the page, or None where only what predicting needs is installed."""
    try:
        from .page import render_page
    except ImportError:
        return None
    return render_page(config, contract, findings)


def _cell(value: float | None) -> str:
    return "-" if value is None else f"{value:.4g}"
