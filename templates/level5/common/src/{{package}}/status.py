"""The model's life on one page, reports/status.html: how it does, what was decided and why, rollouts, money.

One file without scripts, which opens anywhere, follows light and dark, and reloads itself every five minutes.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

import jinja2

from . import decision as decisions
from .artifact import read_metrics
from .champion import read_alias
from .contract import load_contract
from .decision import Recorded, freeze_of, read_decisions
from .errors import OK, shorten
from .fall_back import fallen_at
from .gather import month_so_far
from .ledger import read_ledger
from .measure import take_all
from .metrics import named_metric
from .override import PERSON
from .page import _code
from .policy import read_policy
from .staleness import ages
from .status_plots import coverage_plot, life_plot, money_plot
from .table import replacing
from .values import currency, returns_by_period

if TYPE_CHECKING:
    import argparse

    from .config import Config
    from .metrics import Metric

MOST_DECISIONS = 10
MOST_ROLLOUTS = 6
MOST_PERIODS = 24

# What a decision means to somebody who passes by, and how urgent it is.
HEADLINES = {
    decisions.NO_ACTION: ("Nothing has to be done", "calm"),
    decisions.KEEP_CHAMPION: ("The model in use stays", "calm"),
    decisions.CONTINUE: ("A new version is coming into use", "calm"),
    decisions.PROMOTE: ("A new version is in use", "calm"),
    decisions.DRILL: ("The way back was tried", "calm"),
    decisions.RETRAIN: ("Train again", "busy"),
    decisions.WAIT_FOR_LABELS: ("Waiting for actual values", "wait"),
    decisions.DEFER_COST: ("Training again is not worth it now", "wait"),
    decisions.INVESTIGATE: ("Something is odd: find out what", "busy"),
    decisions.TALK_TO_BUSINESS: ("Ask the people concerned what has changed", "busy"),
    decisions.FIX_DATA: ("Repair the data", "busy"),
    decisions.FIX_SERVING: ("Repair the service", "busy"),
    decisions.FIX_MODEL: ("Take an input out that gave the answer away", "busy"),
    decisions.ROLLBACK: ("Back to the version before", "busy"),
    decisions.FAILED: ("The last look did not come to an end", "busy"),
}
# What NO_ACTION means while the model does badly, such as right after a promotion.
FOR_NOW = ("Nothing is done for now", "wait")
NONE = "-"
NOT_YET = ("The controller has not looked yet", "wait")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = "make daily writes it, too."


def run(config: Config, _arguments: argparse.Namespace) -> int:
    take_all(config)
    path = config.reports / "status.html"
    text = render_status(config)
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8")
    print(f"Status     {config.relative(path)}")
    return OK


@dataclass(frozen=True)
class Tile:
    """One number that is read from afar. `tone` is calm, wait or busy."""

    name: str
    value: str
    note: str
    tone: str = "calm"


def render_status(config: Config) -> str:
    """Return the page. Names and reasons are escaped, whatever they hold."""
    loader = jinja2.PackageLoader(str(__package__))
    environment = jinja2.Environment(loader=loader, autoescape=True, undefined=jinja2.StrictUndefined)
    environment.filters.update(short=shorten, code=_code, moment=_moment, money=_money, facts=_facts)
    now, records, policy = datetime.now(timezone.utc), read_decisions(config), read_policy(config)
    own = [each for each in records if each.mode != PERSON]
    latest = own[-1] if own else None
    headline, tone = NOT_YET if latest is None else HEADLINES.get(latest.decision, (latest.decision, "busy"))
    report, returns = _report(config), returns_by_period(config)[-MOST_PERIODS:]
    if latest is not None and latest.decision == decisions.NO_ACTION and report and report["verdict"] == "ALERT":
        headline, tone = FOR_NOW
    found = ages(config, now)
    metric = _metric(config)
    periods = [] if report is None else report["periods"][-MOST_PERIODS:]
    estimated = [] if report is None else report.get("estimated", {}).get("periods", [])
    return environment.get_template("status.html").render(
        project=config.project,
        made_at=f"{now:%d %B %Y, %H:%M} UTC",
        version=_version(config),
        policy=policy,
        mode="act" if policy.acts else "recommend",
        latest=latest,
        headline=headline,
        tone=tone,
        frozen=freeze_of(records),
        fallen=fallen_at(config, config.root),
        tiles=_tiles(config, records, report, metric, now),
        metric=metric.label,
        higher_is_better=metric.higher_is_better,
        life_plot=life_plot(periods, estimated, records, report) if periods else None,
        coverage_plot=coverage_plot(periods) if periods else None,
        money_plot=money_plot(returns, currency(config)) if returns else None,
        records=[_shown(each) for each in reversed(records[-MOST_DECISIONS:])],
        count=len(records),
        rollouts=_rollouts(config),
        ledger=read_ledger(config)[::-1],
        ages=sorted(found, key=lambda age: (not age.is_stale, not age.is_source, -age.days)),
        currency=currency(config),
    )


def _tiles(
    config: Config, records: list[Recorded], report: dict[str, Any] | None, metric: Metric, now: datetime
) -> list[Tile]:
    title = metric.label[0].upper() + metric.label[1:]
    tiles = [Tile(title, NONE, "nothing was monitored yet", "wait")]
    if report is not None:
        newest = next(each for each in report["periods"] if each["name"] == report["period"])
        value = NONE if newest["value"] is None else f"{newest['value']:.4g}"
        tones = {"OK": "calm", "ALERT": "busy"}
        expected = f"{newest['name']}; expected {report['reference']['value']:.4g}"
        tiles = [Tile(title, value, expected, tones.get(newest["verdict"], "wait")), _estimate_tile(report)]
        known = f"{newest['labels']:,} of {newest['predictions']:,} in {newest['name']}"
        is_covered = newest["coverage"] >= config.monitoring.min_coverage
        tiles.append(Tile("Actual values known", f"{newest['coverage']:.0%}", known, "calm" if is_covered else "wait"))
    returns = returns_by_period(config)
    if returns:
        net = sum(each.net for each in returns)
        unit = currency(config)
        periods = "period" if len(returns) == 1 else "periods"
        tiles.append(
            Tile(
                "Brought so far",
                _money(net),
                f"{unit} in {len(returns)} {periods}".strip(),
                "calm" if net > 0 else "busy",
            )
        )
    else:
        tiles.append(Tile("Brought so far", NONE, "roi.yaml is not complete", "wait"))
    month, limits = month_so_far(records, now), read_policy(config).money
    spent = f"of {_money(limits.budget_per_month)}; {month.runs} of {limits.max_runs_per_month} retrainings"
    is_left = month.spent < limits.budget_per_month and month.runs < limits.max_runs_per_month
    tiles.append(Tile("Spent this month", _money(month.spent), spent, "calm" if is_left else "wait"))
    return tiles


def _estimate_tile(report: dict[str, Any]) -> Tile:
    periods = report.get("estimated", {}).get("periods", [])
    if not periods:
        return Tile("Estimated", NONE, "no estimate yet", "wait")
    newest = periods[-1]
    tone = "wait" if newest["verdict"] == "ALERT" else "calm"
    return Tile("Estimated", f"{newest['value']:.4g}", f"{newest['name']}; without actual values", tone)


def _shown(each: Recorded) -> dict[str, Any]:
    _, tone = HEADLINES.get(each.decision, ("", "person"))
    is_person = each.mode == PERSON
    return {
        "record": each,
        "tone": "person" if is_person else tone,
        "who": each.evidence.get("who", "") if is_person else f"guard {each.guard}",
        "evidence": _facts(each.evidence),
    }


def _facts(evidence: dict[str, Any], prefix: str = "") -> list[tuple[str, str]]:
    """Return nested evidence as names and values, without what is empty."""
    found: list[tuple[str, str]] = []
    for name, value in evidence.items():
        label = f"{prefix}{str(name).replace('_', ' ')}"
        if isinstance(value, dict):
            found += _facts(value, f"{label} · ")
        elif value not in (None, "", [], ()):
            text = ", ".join(map(_plain, value)) if isinstance(value, (list, tuple)) else _plain(value)
            found.append((label, shorten(text, 200)))
    return found


def _plain(value: object) -> str:
    return f"{value:.5g}" if isinstance(value, float) else str(value)


def _rollouts(config: Config) -> list[dict[str, Any]]:
    """Return the newest rollouts, each with the steps that it took."""
    path = config.root / "monitoring" / "rollouts.jsonl"
    by_id: dict[str, dict[str, Any]] = {}
    for line in path.read_text(encoding="utf-8").splitlines() if path.is_file() else []:
        entry = json.loads(line)
        before = by_id.get(entry["id"], {"began": entry["at"], "steps": []})
        steps = [*before["steps"], entry["percent"]] if entry["status"] == "running" else before["steps"]
        by_id[entry["id"]] = {**entry, "began": before["began"], "steps": steps}
    return list(by_id.values())[::-1][:MOST_ROLLOUTS]


def _report(config: Config) -> dict[str, Any] | None:
    """Return the newest report of monitoring about real predictions, or None."""
    path = config.reports / "monitor.json"
    if not path.is_file():
        return None
    report: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return None if report["is_example"] else report


def _metric(config: Config) -> Metric:
    return named_metric(config.project.task, read_metrics(config.models)["metric"], load_contract(config).positive)


def _version(config: Config) -> dict[str, Any]:
    champion, facts = read_alias(config.root), read_metrics(config.models)
    since = facts["trained_at"][:10]
    number = "none" if champion is None else str(champion.number)
    return {"number": number, "trained": since, "sha256": facts["model_sha256"][:12]}


def _moment(text: str) -> str:
    return text[:16].replace("T", " ")


def _money(value: float) -> str:
    """Return an amount as people read it from afar: 12,300 or 1.23 M."""
    if abs(value) >= 1e6:
        return f"{value / 1e6:,.2f} M"
    return f"{value:,.0f}" if abs(value) >= 100 or value == round(value) else f"{value:,.2f}"
