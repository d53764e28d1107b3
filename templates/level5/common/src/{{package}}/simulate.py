"""Let things go wrong in a small world made of this project's rows, and see what the controller decides.

Beside it lives a naive controller that trains again, and uses what comes out, whenever an input has drifted.
"""

from __future__ import annotations

import json
import os
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, replace
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import numpy as np
from threadpoolctl import threadpool_limits

from .artifact import write_json
from .contract import load_contract
from .errors import ERROR, OK, InputError, did_you_mean
from .faults import exchanged, halves, important, rare_kind, with_leak
from .policy import read_policy
from .scenarios import GENERAL, LEAKY, RARE, SCENARIOS
from .simulated_worth import HOURLY_RATE
from .simulation import live_guarded, live_naive, live_quietly, notable
from .world import make_stage, pool

if TYPE_CHECKING:
    import argparse
    from collections.abc import Collection, Sequence

    from .config import Config
    from .policy import Policy
    from .scenarios import Scenario
    from .simulation import Quiet, Tale
    from .world import Stage

GUARD_NAMES = ("G0", "G0b", "G1", "G2", "G3", "G4", "G5", "G6", "G7", "G8", "G9")
# Share of the rare rows that happen as long as nothing is wrong.
RARELY = 0.03
# What the naive controller did in worlds that this process knows already.
_NAIVE: dict[tuple[object, ...], Tale] = {}
# Where scenarios end differently with fewer rows, that may say nothing about the guards.
ENOUGH_ROWS = 1_000
# To begin another process takes as long as a few scenarios.
FEWEST_TO_SHARE = 8


@dataclass(frozen=True)
class Result:
    """What was required in a scenario, what was decided, and the figures of both controllers."""

    name: str
    required: tuple[str, ...]
    made: tuple[str, ...]
    afterwards: tuple[str, ...]
    guard: str
    reason: str
    as_required: bool
    guarded: dict[str, float]
    naive: dict[str, float]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--without", action="append", default=[], metavar="GUARD", help="leave a guard out: G0 to G9")
    parser.add_argument("--only", metavar="TEXT", help="scenarios whose name holds this text")
    parser.add_argument("--json", action="store_true", help="print the results as JSON")


def run(config: Config, arguments: argparse.Namespace) -> int:
    for name in arguments.without:
        if name not in GUARD_NAMES:
            hint = did_you_mean(name, GUARD_NAMES)
            raise InputError(f"There is no guard {name!r}{hint}. There are {', '.join(GUARD_NAMES)}.")
    chosen = [each for each in SCENARIOS if arguments.only is None or arguments.only in each.name]
    if not chosen:
        raise InputError(f"No scenario's name holds {arguments.only!r}.")
    began = time.perf_counter()
    results = simulate(config, read_policy(config), chosen, arguments.without)
    seconds = time.perf_counter() - began
    content = _as_json(results, arguments.without, seconds)
    write_json(content, config.reports / "simulation.json")
    print(json.dumps(content, indent=2, ensure_ascii=False) if arguments.json else describe(results, seconds))
    if all(each.as_required for each in results):
        return OK
    rows = len(pool(config, load_contract(config)))
    if rows < ENOUGH_ROWS:
        reason = f"With {rows:,} rows chance decides: a world to rely on takes about {ENOUGH_ROWS:,} of them."
        print(f"\n{reason}", file=sys.stderr)
    return ERROR


def simulate(
    config: Config, policy: Policy, scenarios: Sequence[Scenario], without: Collection[str] = ()
) -> list[Result]:
    """Live through scenarios, in two processes where there are several."""
    _NAIVE.clear()
    # Many small predictions: threads would wait for each other longer than they work.
    with TemporaryDirectory() as temporary, threadpool_limits(1):
        stages = make_stages(config, Path(temporary) / "stages", {each.stage for each in scenarios})
        quiet = {name: live_quietly(stage, Path(temporary) / "quiet" / name) for name, stage in stages.items()}
        work = partial(live_through, quiet, Path(temporary), policy, tuple(without))
        numbers = [SCENARIOS.index(each) for each in scenarios]
        if len(numbers) < FEWEST_TO_SHARE or (os.cpu_count() or 1) == 1:
            return [work(number) for number in numbers]
        with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as processes:
            return list(processes.map(work, numbers))


def make_stages(config: Config, folder: Path, wanted: Collection[str]) -> dict[str, Stage]:
    """Train the models that scenarios begin with."""
    contract = load_contract(config)
    rows = pool(config, contract)
    general = make_stage(config, folder / GENERAL, rows)
    names = important(general)
    stages = {GENERAL: general}
    if RARE in wanted:
        kind = rare_kind(rows, contract, names)
        changed = exchanged(rows.target, kind, contract)
        weights = np.where(kind, RARELY, 1.0)
        stages[RARE] = make_stage(config, folder / RARE, replace(rows, target=changed), weights=weights)
    if LEAKY in wanted:
        leaky, name = with_leak(rows, contract, names, config.training.seed)
        stages[LEAKY] = make_stage(config, folder / LEAKY, leaky)
        stages[LEAKY].leaked = name
    for stage in stages.values():
        stage.half_of, stage.in_half, stage.untouched = halves(stage.inputs, contract, important(stage))
    return stages


def live_through(
    quiet: dict[str, Quiet], folder: Path, policy: Policy, without: tuple[str, ...], number: int
) -> Result:
    """Live through a scenario, by its number, with both controllers, and compare decisions with what is required."""
    scenario = SCENARIOS[number]
    with threadpool_limits(1):
        return _live_through(scenario, quiet[scenario.stage], folder / str(number), policy, without)


def _live_through(scenario: Scenario, quiet: Quiet, place: Path, policy: Policy, without: tuple[str, ...]) -> Result:
    cost = policy.money.cost(HOURLY_RATE)
    guarded = live_guarded(scenario, quiet, place / "guarded", policy, without)
    if scenario.world not in _NAIVE:
        _NAIVE[scenario.world] = live_naive(scenario, quiet, place / "naive", cost)
    naive = _NAIVE[scenario.world]
    decisive = _decisive(guarded)
    words = scenario.names(quiet.run.stage)
    as_required = (
        notable(guarded.decisions) == scenario.required
        and decisive.guard == scenario.guard
        and (not words or any(word in decisive.reason for word in words))
    )
    return Result(
        scenario.name,
        scenario.required,
        notable(guarded.decisions),
        notable(guarded.afterwards),
        decisive.guard,
        decisive.reason,
        as_required,
        _figures(guarded),
        _figures(naive),
    )


def describe(results: Sequence[Result], seconds: float) -> str:
    """Return the results for a terminal."""
    lines = []
    for each in results:
        mark = "as required" if each.as_required else "DIFFERENT"
        made = _joined(each.made)
        lines.append(f"{mark:<11}  {each.name}: {made}")
        if not each.as_required:
            lines.append(f"             required: {_joined(each.required)}")
        lines.append(f"             {each.guard}: {each.reason}")
        if each.afterwards:
            lines.append(f"             afterwards: {_joined(each.afterwards)}")
    good = sum(each.as_required for each in results)
    lines.append(f"\n{good} of {len(results)} scenarios as required, in {seconds:.0f} s\n")
    return "\n".join(lines) + _figures_table(results)


def _figures_table(results: Sequence[Result]) -> str:
    rows = [("", "retrains", "cost", "average loss", "value less cost", "bad models served")]
    for name, title in (("guarded", "this controller"), ("naive", "retrain on drift")):
        total = _total(results, name)
        cells = (f"{total['retrains']:g}", f"{total['cost']:,.0f}", f"{total['loss']:.3f}", f"{total['net']:,.0f}")
        rows.append((title, *cells, f"{total['bad_models']:g}"))
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    table = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    note = (
        "Loss is the mean error over that of a constant prediction. Money is in the currency of roi.yaml; where that\n"
        "does not say what a prediction is worth, a class brings or costs 1, and a number costs its loss."
    )
    return "\n".join([*table, note])


def _total(results: Sequence[Result], controller: str) -> dict[str, float]:
    """Return the figures of a controller over all scenarios: sums, and the mean of the loss."""
    figures = [getattr(each, controller) for each in results]
    total = {key: sum(each[key] for each in figures) for key in ("retrains", "cost", "value", "bad_models")}
    return {**total, "net": total["value"] - total["cost"], "loss": float(np.mean([each["loss"] for each in figures]))}


def _joined(decisions: Sequence[str]) -> str:
    return " → ".join(decisions) or "NO_ACTION"


def _decisive(tale: Tale) -> Any:
    """Return the last decision other than NO_ACTION; where there is none, the last one."""
    notable = [each for each in tale.decisions if each.decision != "NO_ACTION"]
    return (notable or tale.decisions)[-1]


def _figures(tale: Tale) -> dict[str, float]:
    return {
        "retrains": tale.retrains,
        "cost": tale.cost,
        "value": tale.value,
        "loss": tale.loss,
        "bad_models": tale.bad_models,
    }


def _as_json(results: Sequence[Result], without: Collection[str], seconds: float) -> dict[str, Any]:
    return {
        "as_required": sum(each.as_required for each in results),
        "total": {name: _total(results, name) for name in ("guarded", "naive")},
        "scenarios": [asdict(each) for each in results],
        "without": list(without),
        "seconds": round(seconds, 1),
    }
