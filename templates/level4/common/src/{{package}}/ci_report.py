"""Write the report of CI: reports/ci/report.md, from what the jobs have left in reports/ci.

Hosted CI shows it with the pull or merge request. Charts are Mermaid, which GitHub and GitLab draw.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

from .errors import OK
from .execution import read_record
from .sample import golden_folder
from .table import replacing

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    from .config import Config

JOBS = ("code", "data", "model", "pipeline")
MOST_FAILURES = 20
SLICES = 10


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = "Jobs that did not run are left out."


def run(config: Config, _arguments: argparse.Namespace) -> int:
    folder = config.reports / "ci"
    path = folder / "report.md"
    text = "\n\n".join(part for part in write_report(config, folder) if part)
    with replacing(path) as temporary:
        temporary.write_text(f"{text}\n", encoding="utf-8")
    print(f"Report     {config.relative(path)}")
    return OK


def write_report(config: Config, folder: Path) -> list[str]:
    """Return the parts of the report as Markdown."""
    return [
        f"# CI of {_cell(config.project.name)}",
        tests_part(folder),
        model_part(config),
        checks_part("Checks before delivery", (read_record(folder / "cd-check.json") or {}).get("checks", [])),
        performance_part(read_record(folder / "performance.json")),
        checks_part(
            "Security",
            [{"name": name, **each} for name, each in (read_record(folder / "security.json") or {}).items()],
        ),
    ]


def tests_part(folder: Path) -> str:
    """Return how many tests each job ran, which failed, and how many lines they ran."""
    rows, failures = [], []
    for job in JOBS:
        path = folder / f"{job}.xml"
        if not path.is_file():
            continue
        suites = ElementTree.parse(path).getroot()
        cases = list(suites.iter("testcase"))
        failed = [each for each in cases if each.find("failure") is not None or each.find("error") is not None]
        seconds = sum(float(each.get("time", 0)) for each in cases)
        rows.append(f"| {job} | {len(cases)} | {len(failed)} | {seconds:.0f} |")
        failures += [f"- {job}: `{each.get('classname')}.{each.get('name')}`" for each in failed]
    if not rows:
        return ""
    lines = ["## Tests", "", "| job | tests | failed | seconds |", "|---|---|---|---|", *rows]
    coverage = read_record(folder / "coverage.json")
    if coverage is not None:
        lines += ["", f"{coverage['totals']['percent_covered']:.1f}% of all lines were run."]
    return "\n".join([*lines, *([""] if failures else []), *failures[:MOST_FAILURES]])


def model_part(config: Config) -> str:
    """Return how the model does that was trained on the sample, beside its baseline and what was recorded."""
    evaluation = read_record(config.root / ".ci" / "rehearsal" / "reports" / "evaluation.json")
    if evaluation is None:
        return ""
    recorded = read_record(golden_folder(config) / "metrics.json") or {}
    name, label = evaluation["metric"], evaluation["label"]
    lines = ["## Model of the sample", "", "| metric | model | baseline | recorded |", "|---|---|---|---|"]
    for each, value in evaluation["test"].items():
        before = recorded.get("value") if recorded.get("metric") == each else None
        lines.append(f"| {each} | {_number(value)} | {_number(evaluation['baseline'].get(each))} | {_number(before)} |")
    bars = [("model", evaluation["test"][name]), ("baseline", evaluation["baseline"][name])]
    if recorded.get("metric") == name:
        bars.append(("recorded", recorded["value"]))
    lines += ["", *_chart(label, bars)]
    known = [each for each in evaluation["slices"] if each["error"] is not None]
    slices = sorted(known, key=lambda each: -each["error"])[:SLICES]
    worst = [(f"{each['column']} {each['value']}", each["error"]) for each in slices]
    return "\n".join([*lines, "", *(_chart("mean error in the worst slices", worst) if worst else [])])


def checks_part(title: str, checks: list[dict[str, Any]]) -> str:
    if not checks:
        return ""
    rows = [
        f"| {_cell(each['name'])} | {'yes' if each['passed'] else 'NO'} | {_cell(each['finding'])} |" for each in checks
    ]
    return "\n".join([f"## {title}", "", "| check | passed | finding |", "|---|---|---|", *rows])


def performance_part(content: dict[str, Any] | None) -> str:
    if content is None:
        return ""
    rows = [f"| {name} | {ratio:.2f} |" for name, ratio in content["ratios"].items()]
    return "\n".join(["## Time and memory", "", "| what | times the recorded |", "|---|---|", *rows])


def _chart(title: str, bars: list[tuple[str, float]]) -> list[str]:
    names = ", ".join(json.dumps(_plain(name)) for name, _ in bars)
    values = ", ".join(f"{value:.6g}" for _, value in bars)
    return [
        "```mermaid",
        "xychart-beta",
        f"    title {json.dumps(_plain(title))}",
        f"    x-axis [{names}]",
        f"    bar [{values}]",
        "```",
    ]


def _plain(text: str) -> str:
    """Return a text without what Mermaid would take for syntax."""
    return "".join(each if each.isalnum() or each in " _.-=" else " " for each in text)[:40]


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.4g}"


def _cell(text: object) -> str:
    return " ".join(str(text).split()).replace("|", "\\|")
