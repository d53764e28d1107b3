"""Hold training time, latency and memory on the sample to what they were: tests/golden/performance.json.

Times are divided by that of a fixed piece of work, measured beside them, so that they can be compared between
machines. --record takes down what they are today, after a change that is meant.
"""

from __future__ import annotations

import json
import sys
import time
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import numpy as np

from .artifact import write_json
from .budgets import read_budgets
from .errors import OK, ProjectError
from .sample import golden_folder, sample_project, train_sample

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from .config import Config

TRAININGS = 4
ANSWERS = 30
# Over all rows, one after the other: what disturbs the machine for a moment meets few answers to the same row.
PASSES = 12
LABELS = {"train": "training", "answer": "an answer for one row", "memory_mb": "memory"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--record", action="store_true", help="record what it is today")
    parser.epilog = "Settings: budgets.slower and budgets.memory in mlops.yaml."


def run(config: Config, arguments: argparse.Namespace) -> int:
    now = measure(config)
    path = golden_folder(config) / "performance.json"
    if arguments.record or not path.is_file():
        write_json(now, path)
        print(f"Recorded   {config.relative(path)}: commit it")
    recorded = json.loads(path.read_text(encoding="utf-8"))
    budgets = read_budgets(config)
    limits = {"train": budgets.slower, "answer": budgets.slower, "memory_mb": budgets.memory}
    ratios = {name: now[name] / recorded[name] for name in limits if now.get(name) and recorded.get(name)}
    write_json({"now": now, "recorded": recorded, "ratios": ratios}, config.reports / "ci" / "performance.json")
    for name, ratio in ratios.items():
        print(f"{LABELS[name].capitalize():<22} {_in_words(name, now)}, {ratio:.2f} times the recorded")
    worse = [
        f"{LABELS[name]} takes {ratio:.1f} times what was recorded, {limits[name]:g} is allowed"
        for name, ratio in ratios.items()
        if ratio > limits[name]
    ]
    if worse:
        raise ProjectError(f"{'; '.join(worse)} (budgets in mlops.yaml).")
    return OK


def measure(config: Config) -> dict[str, Any]:
    """Train on the sample and answer rows of it: times in seconds and in units of the fixed work, memory in MB."""
    with TemporaryDirectory() as temporary:
        sample = sample_project(config, Path(temporary))
        unit = shortest(fixed_work, 5)
        train_seconds = shortest(lambda: train_sample(sample), TRAININGS)
        dataset, _, trained = train_sample(sample)
        rows = [dataset.inputs.iloc[[place]] for place in range(min(ANSWERS, len(dataset)))]
        predict = trained.scorer.predict
        passes = [[seconds_of(partial(predict, row)) for row in rows] for _ in range(PASSES)]
        unit = (unit + shortest(fixed_work, 5)) / 2
    answer_seconds = float(np.median(np.min(passes, axis=0)))
    return {
        "train_seconds": round(train_seconds, 4),
        "answer_seconds": round(answer_seconds, 6),
        "unit_seconds": round(unit, 5),
        "train": train_seconds / unit,
        "answer": answer_seconds / unit,
        "memory_mb": _peak_memory(),
    }


def shortest(work: Callable[[], object], times: int) -> float:
    """Return the seconds that work takes when nothing disturbs it: the least of several runs."""
    return min(seconds_of(work) for _ in range(times))


def seconds_of(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def fixed_work() -> float:
    """Do the kind of thing that training does: sort, add up, and loop in Python."""
    numbers = np.random.default_rng(0).random(200_000)
    total = float(np.sort(numbers).cumsum()[-1])
    return total + sum(each * each for each in range(200_000))


def _peak_memory() -> float | None:
    """Return the most that this process has held, in MB of 10^6 bytes, or None where it cannot be had."""
    try:
        import resource
    except ImportError:
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / (1e6 if sys.platform == "darwin" else 1e3), 1)


def _in_words(name: str, now: dict[str, Any]) -> str:
    if name == "memory_mb":
        return f"{now[name]:,.0f} MB"
    return f"{now[f'{name}_seconds']:.4g} s"
