"""Record a release: who put which model into use, when, with which metrics, and why."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import TYPE_CHECKING

from . import artifact
from .contract import load_contract
from .errors import OK, InputError, ProjectError
# slot: imports
from .table import replacing

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    from .config import Config

RELEASES = "RELEASES.md"
SHORTEST_HASH = 8


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--who", required=True, help="who releases it")
    parser.add_argument("--reason", required=True, help="why")
    parser.add_argument("--model", help="sha256 of the model, or its beginning (default: the model in models/)")
    # slot: arguments


def run(config: Config, arguments: argparse.Namespace) -> int:
    for name in ("who", "reason"):
        if not getattr(arguments, name).strip():
            raise InputError(f"--{name} is empty.")
    # slot: start
    loaded = artifact.load_artifact(config.models, load_contract(config))
    metrics = artifact.read_metrics(config.models)
    wanted = arguments.model or loaded.sha256
    if len(wanted) < SHORTEST_HASH or not str(metrics["model_sha256"]).startswith(wanted):
        raise ProjectError(
            f"There are no metrics for the model {wanted[:12]}, so it cannot be released. "
            f"models/metrics.json is about {metrics['model_sha256'][:12]}. Train first."
        )
    if metrics["model_sha256"] != loaded.sha256:
        raise ProjectError("models/metrics.json is about another model than models/model.joblib. Train again.")
    line = release_line(arguments.who, arguments.reason, metrics)
    append_line(config.root / RELEASES, line)
    print(f"Recorded in {RELEASES}:\n{line}")
    return OK


def release_line(who: str, reason: str, metrics: dict[str, object]) -> str:
    """Return the release as a row of a Markdown table."""
    name = str(metrics["metric"])
    model, baseline = metrics["model"], metrics["baseline"]
    assert isinstance(model, dict) and isinstance(baseline, dict)
    values = f"{name} {model[name]:.4g} (baseline {baseline[name]:.4g})"
    date = datetime.now(timezone.utc).strftime("%Y-%m-%d %H:%M")
    cells = (date, who, f"`{str(metrics['model_sha256'])[:12]}`", values, reason)
    return "| " + " | ".join(_cell(cell) for cell in cells) + " |"


def append_line(path: Path, line: str) -> None:
    """Add a line at the end of a file."""
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    ended = text if text.endswith("\n") or not text else f"{text}\n"
    with replacing(path) as temporary:
        temporary.write_text(f"{ended}{line}\n", encoding="utf-8")


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
