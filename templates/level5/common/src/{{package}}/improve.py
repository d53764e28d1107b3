"""One turn of the retraining controller: look, ask the guards, record the decision, and act if policy.yaml lets it.

It always writes a record, also for doing nothing. Where it cannot, it does nothing at all.
"""

from __future__ import annotations

import fcntl
import json
import sys
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

from . import registry
from .contract import load_contract
from .course import go_on
from .decision import (
    FAILED,
    NO_ACTION,
    RETRAIN,
    WAIT_FOR_LABELS,
    Decision,
    append_decision,
    decisions_file,
    freeze_of,
    read_decisions,
)
from .errors import ERROR, OK, ProjectError
from .gather import digests, gather, read_known
from .hands import Hands, refresh_registry
from .notify import notify
from .policy import read_policy
from .retraining import decide
from .staleness import stale_sources

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator

    from .config import Config
    from .decision import Recorded
    from .policy import Policy

RECOMMENDED = "make pipeline, then make review and make promote"
# Monitoring may say ALERT again and again.
MINUTES_BETWEEN_ALERTS = 10.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print the record as JSON")
    parser.add_argument("--unless-within", type=float, metavar="MINUTES", help="not again within so many minutes")
    parser.epilog = "Settings: policy.yaml, events.yaml."


def run(config: Config, arguments: argparse.Namespace) -> int:
    recorded = take_turn(config, arguments.unless_within)
    if recorded is None:
        return OK
    if arguments.json:
        print(json.dumps(asdict(recorded), indent=2, ensure_ascii=False))
    else:
        print(describe(config, recorded))
    return ERROR if recorded.decision == FAILED else OK


def on_alert(config: Config, summary: dict[str, Any]) -> None:
    """Take a turn when monitoring says ALERT about real predictions; what it cannot do is said, and stops nothing."""
    if summary["verdict"] != "ALERT" or summary["is_example"]:
        return
    try:
        recorded = take_turn(config, MINUTES_BETWEEN_ALERTS)
    except (ProjectError, OSError) as error:
        print(f"warning: the controller could not take its turn: {error}", file=sys.stderr)
        return
    if recorded is not None:
        print(describe(config, recorded))


def take_turn(config: Config, unless_within: float | None = None) -> Recorded | None:
    """Take a turn and tell whom it concerns; None where another one is under way, or was within so many minutes."""
    policy = read_policy(config)
    with one_at_a_time(config) as is_first:
        if not is_first:
            print("Improve    another turn is under way; this one ends here")
            return None
        if unless_within is not None and _was_within(config, unless_within):
            print(f"Improve    a turn was taken within the last {unless_within:g} minutes")
            return None
        recorded = turn(config, policy)
    notify(config, recorded)
    return recorded


def _was_within(config: Config, minutes: float) -> bool:
    turns = [each for each in read_decisions(config) if each.mode != "person"]
    since = datetime.now(timezone.utc) - timedelta(minutes=minutes)
    return bool(turns) and datetime.fromisoformat(turns[-1].at) > since


def turn(config: Config, policy: Policy) -> Recorded:
    """Decide, record and act.

    A retraining is recorded before it is begun, so that a turn that is killed is gone on with by the next.

    Raises:
        ProjectError: the records cannot be trusted.
        OSError: they cannot be written.
    """
    records = read_decisions(config)
    mode = "act" if policy.acts else "recommend"
    decision = _safely(lambda: look(config, policy, records))
    recorded = append_decision(config, decision, mode=mode, policy_version=policy.version)
    if decision.decision != RETRAIN or not policy.acts:
        return recorded
    decision = _safely(lambda: _next_step(config, policy, [*records, recorded]) or decision)
    return append_decision(config, decision, mode=mode, policy_version=policy.version)


def look(config: Config, policy: Policy, records: list[Recorded]) -> Decision:
    """Go on with a challenger that is under way, or ask the guards about the project as it is now."""
    refresh_registry(config)
    if registry.champion(config) is None:
        return Decision(NO_ACTION, "G0", "no version is in use", action="make pipeline, then make promote VERSION=")
    if policy.acts and freeze_of(records) is None:
        step = _next_step(config, policy, records)
        if step is not None:
            return step
    contract, log = load_contract(config), config.prediction_log
    if not log.is_file():
        return Decision(WAIT_FOR_LABELS, "G1", "nothing was predicted yet")
    known = read_known(config, contract)
    situation = gather(config, contract, policy, records, now=datetime.now(timezone.utc), log=log, known=known)
    situation = replace(situation, stale=(*situation.stale, *stale_sources(config, situation.now)))
    decision = decide(situation, policy)
    action = RECOMMENDED if decision.decision == RETRAIN and not policy.acts else ""
    return replace(decision, inputs=digests(config, log, known), action=action)


def _next_step(config: Config, policy: Policy, records: list[Recorded]) -> Decision | None:
    return go_on(records, policy, Hands(config, policy), datetime.now(timezone.utc))


def _safely(decide: Callable[[], Decision]) -> Decision:
    """Return the decision; whatever goes wrong, the champion goes on to answer, and the record says why."""
    try:
        return decide()
    except Exception as error:
        reason = str(error) if isinstance(error, ProjectError) else f"{type(error).__name__}: {error}"
        return Decision(FAILED, "G9", reason, action="nothing; the next turn tries again")


@contextmanager
def one_at_a_time(config: Config) -> Iterator[bool]:
    """Give True to one controller at a time, on this machine, and False to others. The lock ends with the process."""
    path = decisions_file(config).with_name("improve.lock")
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True


def describe(config: Config, recorded: Recorded) -> str:
    """Return a decision for a terminal."""
    lines = [f"Decision   {recorded.decision} (guard {recorded.guard}): {recorded.reason}"]
    if recorded.action:
        lines.append(f"Action     {recorded.action}")
    where = config.relative(decisions_file(config))
    lines.append(
        f"Record     number {recorded.number} in {where}, mode {recorded.mode}, policy {recorded.policy_version}"
    )
    return "\n".join(lines)
