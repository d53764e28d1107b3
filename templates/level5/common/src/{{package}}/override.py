"""What people decide about the controller: freeze, unfreeze, veto, and by `approve --decision` approve.

Each is a record in monitoring/decisions.jsonl with who and why. The controller does nothing while it is frozen, and
follows what was said last about one of its decisions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .decision import APPROVE, FREEZE, UNFREEZE, VETO, Decision, append_decision, freeze_of, read_decisions
from .errors import OK, InputError
from .policy import read_policy

if TYPE_CHECKING:
    import argparse

    from .config import Config
    from .decision import Recorded

PERSON = "person"
ACTIONS = ("freeze", "unfreeze", "veto")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", choices=ACTIONS)
    parser.add_argument("--who", required=True, help="your name")
    parser.add_argument("--reason", required=True, help="why")
    parser.add_argument("--decision", type=int, help="with veto: number of the record (default: the newest proposal)")


def run(config: Config, arguments: argparse.Namespace) -> int:
    if arguments.action == "veto":
        judge(config, VETO, arguments.decision, arguments.who, arguments.reason)
    elif arguments.action == "freeze":
        freeze(config, arguments.who, arguments.reason)
    else:
        unfreeze(config, arguments.who, arguments.reason)
    return OK


def freeze(config: Config, who: str, reason: str) -> Recorded:
    """Stop the controller until `unfreeze`.

    Raises:
        InputError: it is frozen already.
    """
    before = freeze_of(read_decisions(config))
    if before is not None:
        raise InputError(f"It is frozen already, since {before.at[:16]} by {who_said(before)}: {before.reason}")
    return record(config, FREEZE, who, reason, action="the controller does nothing until make unfreeze")


def unfreeze(config: Config, who: str, reason: str) -> Recorded:
    """Let the controller go on.

    Raises:
        InputError: it is not frozen.
    """
    if freeze_of(read_decisions(config)) is None:
        raise InputError("It is not frozen, so there is nothing to undo.")
    return record(config, UNFREEZE, who, reason, action="the controller goes on")


def judge(config: Config, verdict: str, number: int | None, who: str, reason: str) -> Recorded:
    """Approve or veto a decision of the controller. What was said last counts.

    Raises:
        InputError: there is no such decision.
    """
    records = read_decisions(config)
    proposals = {each.number: each for each in records if each.mode != PERSON}
    if not proposals:
        raise InputError("The controller has decided nothing yet: make improve.")
    about = proposals.get(max(proposals) if number is None else number)
    if about is None:
        raise InputError(f"Record {number} is no decision of the controller. The newest one is {max(proposals)}.")
    action = f"{verdict.lower()} of decision {about.number}, {about.decision}"
    return record(config, verdict, who, reason, action=action, about=about.number)


def said_of(records: list[Recorded], number: int) -> Recorded | None:
    """Return what a person said last about a decision of the controller: APPROVE, VETO, or None."""
    said = [each for each in records if each.decision in (APPROVE, VETO) and each.evidence.get("about") == number]
    return said[-1] if said else None


def who_said(recorded: Recorded) -> str:
    return str(recorded.evidence.get("who", "somebody"))


def record(config: Config, decision: str, who: str, reason: str, *, action: str, **evidence: object) -> Recorded:
    """Record what a person has decided or done, and say so.

    Raises:
        InputError: who or why is empty.
    """
    require_person(who, reason)
    said = Decision(decision, guard=PERSON, reason=reason.strip(), evidence={"who": who.strip(), **evidence})
    recorded = append_decision(
        config, Decision(**{**vars(said), "action": action}), mode=PERSON, policy_version=read_policy(config).version
    )
    print(f"Recorded   number {recorded.number}, {decision} by {who.strip()}: {action}")
    return recorded


def require_person(who: str, reason: str) -> None:
    """Check that somebody has put a name and a reason to it.

    Raises:
        InputError: one of them is empty.
    """
    for name, value in (("WHO", who), ("REASON", reason)):
        if not value.strip():
            raise InputError(f'{name} is empty. Say both: WHO="…" REASON="…".')
