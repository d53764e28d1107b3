"""The report as one HTML file without scripts, which opens anywhere and can be mailed."""

from __future__ import annotations

import re
from datetime import datetime, timezone
from typing import TYPE_CHECKING

import jinja2
from markupsafe import Markup, escape

from . import plots
from .artifact import read_metrics, read_signature
from .errors import shorten
from .report import HEADLINES, NEXT_STEPS, unusual_inputs

if TYPE_CHECKING:
    from .config import Config
    from .contract import Contract
    from .monitor import Findings


def render_page(config: Config, contract: Contract, findings: Findings) -> str:
    """Return the page. Names of columns and classes are escaped, whatever they hold."""
    loader = jinja2.PackageLoader(str(__package__))
    environment = jinja2.Environment(loader=loader, autoescape=True, undefined=jinja2.StrictUndefined)
    environment.filters.update(short=shorten, code=_code, days=_days)
    # slot: globals
    metrics = read_metrics(config.models)
    decisive, outcomes = findings.decisive, findings.outcomes
    known = outcomes[outcomes["actual"].notna() & (outcomes["period"] == decisive.name)]
    return environment.get_template("report.html").render(
        project=config.project,
        settings=config.monitoring,
        findings=findings,
        headline=HEADLINES[decisive.verdict],
        next_steps=NEXT_STEPS[decisive.verdict],
        changes=unusual_inputs(findings),
        model=read_signature(config.models)["sha256"][:12],
        made_at=datetime.now(timezone.utc).strftime("%d %B %Y, %H:%M UTC"),
        metric_plot=plots.metric_over_time(findings, metrics),
        coverage_plot=plots.coverage(findings.periods),
        outcome_plot=plots.predicted_and_actual(known, config.project.task, contract),
    )


def _code(text: str) -> Markup:
    """Show what stands between backticks as code."""
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text))))


def _days(value: float) -> str:
    return "same day" if value < 1 else f"{value:.1f} days"
