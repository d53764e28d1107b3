"""Bring another version of the model into use beside the champion, as rollout.yaml says: start, advance, stop, status.

shadow: it answers nobody, and what it would have answered is logged. canary: it answers a share of the keys that grows
step by step, and becomes the champion after the last one. ab: it answers a fixed share until `ab-report` decides.
"""

from __future__ import annotations

import shutil
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timezone
from typing import TYPE_CHECKING, get_args

from . import registry, target
from .champion import Version, read_alias, version_folder
from .environments import read_environment
from .errors import OK, InputError, ProjectError
from .exposures import read_exposures
from .log import now
from .promote import RefusedError, find_promotable, promote
from .proof import prove
from .rollout_plan import PLAN_FILE, Plan, read_plan
from .rollout_state import Mode, Rollout, read_rollout, stop_rollout, write_rollout
from .versions import print_table

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    from .config import Config

ACTIONS = ("start", "advance", "stop", "status")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", choices=ACTIONS)
    parser.add_argument("--mode", choices=get_args(Mode), default="canary", help="with start (default: canary)")
    parser.add_argument("--version", default="challenger", help="with start: number of the version (or challenger)")
    parser.add_argument("--reason", default="", help="with stop: why, for the history")
    parser.add_argument("--on", help="an environment that the service is deployed to (default: that of make serve)")


def run(config: Config, arguments: argparse.Namespace) -> int:
    root = root_of(config, arguments.on)
    if arguments.action == "start":
        start(config, root, arguments.mode, arguments.version)
    elif arguments.action == "advance":
        advance(config, root)
    elif arguments.action == "stop":
        stop_rollout(root, _running(root), arguments.reason or "stopped by a person")
    show(root)
    return OK


def root_of(config: Config, environment: str | None) -> Path:
    """Return the folder that a service runs in: the project, or that of a deployment."""
    return target.live_root(config, read_environment(config, environment)) if environment else config.root


def start(config: Config, root: Path, mode: Mode, reference: str) -> Rollout:
    """Begin a rollout of a version that has passed validation.

    Raises:
        InputError: there is no champion, a rollout runs already, or an A/B test was not declared.
        RefusedError: the version did not pass validation.
    """
    plan = read_plan(config)
    before = read_rollout(root)
    if before is not None and before.runs:
        raise InputError(f"Rollout {before.id} of version {before.candidate} runs. Stop it first: make rollout-stop.")
    champion = read_alias(root)
    if champion is None:
        raise InputError("No version is in use, so nothing can run beside it. Run make promote first.")
    experiment = _declared(plan) if mode == "ab" else {}
    version = _candidate(config, root, reference, champion)
    percent = {"shadow": 0, "canary": plan.canary.steps[0], "ab": plan.experiment.percent}[mode]
    began = datetime.now(timezone.utc)
    rollout = Rollout(
        id=began.strftime("%Y%m%dT%H%M%S%f"),
        mode=mode,
        status="running",
        champion=champion.number,
        candidate=version.number,
        run_id=version.run_id,
        folder=version.folder.relative_to(root).as_posix(),
        lineage=version.lineage,
        percent=percent,
        key=plan.key,
        started_at=now(),
        step_at=now(),
        guards=asdict(plan.guards),
        experiment=experiment,
    )
    write_rollout(root, rollout)
    return rollout


def advance(config: Config, root: Path) -> Rollout:
    """Go to the next step of a canary; after the last one the candidate becomes the champion.

    Raises:
        InputError: no rollout runs, or an A/B test does, which has no steps.
        ProjectError: the candidate has not answered enough rows at this step.
    """
    plan, rollout = read_plan(config), _running(root)
    if rollout.mode == "ab":
        raise InputError("An A/B test has no steps. make ab-report decides; then make rollout-stop, and make promote.")
    tally = tallies(root, rollout)[rollout.candidate]
    if tally.answers < plan.guards.min_answers:
        raise ProjectError(
            f"Version {rollout.candidate} has answered {tally.answers:,} rows at {rollout.percent:g} %; "
            f"{plan.guards.min_answers:,} are needed for the next step (guards.min_answers in {PLAN_FILE})."
        )
    if tally.failed > plan.guards.max_error_rate * (tally.answers + tally.failed):
        reason = f"error rate: {tally.failed:,} rows failed, {tally.answers:,} were answered"
        stop_rollout(root, rollout, reason)
        raise RefusedError(f"Rollout {rollout.id} is stopped: {reason}.")
    higher = [step for step in plan.canary.steps if step > rollout.percent]
    if not higher and root != config.root:
        raise InputError(
            f"Version {rollout.candidate} answers everything. Deploy it, and it stays: make deploy ENV=test "
            f"VERSION={rollout.candidate}, and so on."
        )
    if not higher:
        promote(config, str(rollout.candidate))
        rollout = replace(rollout, status="finished")
    else:
        rollout = replace(rollout, mode="canary", percent=higher[0], step_at=now())
    write_rollout(root, rollout)
    return rollout


def show(root: Path) -> None:
    """Print the latest rollout, and who answered how much of it."""
    rollout = read_rollout(root)
    if rollout is None:
        print("Rollout    none yet; the champion answers everything")
        return
    reason = "" if rollout.reason is None else f": {rollout.reason}"
    print(f"Rollout    {rollout.id}, {rollout.mode}, {rollout.status}{reason}")
    share = "answers nobody" if rollout.mode == "shadow" else f"answers {rollout.percent:g} % of the keys"
    print(f"Versions   {rollout.candidate} {share if rollout.runs else 'was the candidate'}, beside {rollout.champion}")
    rows = [("version", "answers", "keys", "failed", "mean score")]
    for number, tally in tallies(root, rollout).items():
        score = "" if tally.mean_score is None else f"{tally.mean_score:.6g}"
        rows.append((str(number), f"{tally.answers:,}", f"{tally.keys:,}", f"{tally.failed:,}", score))
    print_table(rows)


@dataclass(frozen=True)
class Tally:
    """What a version did at the present step."""

    answers: int
    keys: int
    failed: int
    mean_score: float | None


def tallies(root: Path, rollout: Rollout) -> dict[int, Tally]:
    """Return what candidate and champion did, as the exposure log of all processes has it."""
    log = read_exposures(root, rollout.id)
    log = log[log["percent"] == rollout.percent]
    if rollout.mode == "shadow":
        log = log.assign(assigned=rollout.champion)
        shadow = log[log["shadow_score"].notna() | log["shadow_error"].notna()]
        shadow = shadow.assign(
            assigned=rollout.candidate,
            version=shadow["shadow_error"].isna().map({True: rollout.candidate, False: rollout.champion}),
            score=shadow["shadow_score"],
        )
        parts = {rollout.candidate: shadow, rollout.champion: log}
    else:
        parts = {number: log[log["assigned"] == number] for number in (rollout.candidate, rollout.champion)}
    found = {}
    for number, part in parts.items():
        answered = part[part["version"] == number]
        mean = float(answered["score"].mean()) if len(answered) else None
        found[number] = Tally(len(answered), int(part["key"].nunique()), len(part) - len(answered), mean)
    return found


def _running(root: Path) -> Rollout:
    rollout = read_rollout(root)
    if rollout is None:
        raise InputError("There is no rollout. Begin one: make rollout-start MODE=canary.")
    if not rollout.runs:
        reason = "" if rollout.reason is None else f": {rollout.reason}"
        raise InputError(f"Rollout {rollout.id} is {rollout.status}{reason}. Begin another one: make rollout-start.")
    return rollout


def _candidate(config: Config, root: Path, reference: str, champion: Version) -> Version:
    registry.refresh(config)
    version = find_promotable(config, reference)
    if version.number == champion.number:
        raise InputError(f"Version {version.number} is the champion already. Name another one: VERSION=.")
    print(f"Proof      {prove(version.folder)}")
    if root == config.root:
        return version
    inside = version_folder(root, version.number)
    shutil.copytree(version.folder, inside, dirs_exist_ok=True)
    return replace(version, folder=inside)


def _declared(plan: Plan) -> dict[str, object]:
    """Return what an A/B test decides by, which has to be said before it begins."""
    experiment = plan.experiment
    if experiment.metric is None or experiment.sample_size is None:
        raise InputError(
            f"{PLAN_FILE}: experiment.metric and experiment.sample_size have to be set before an A/B test begins; "
            "what is chosen after looking at results proves nothing."
        )
    return asdict(experiment)
