"""Do something else than training again: docs/playbook.md says when. It is recorded, with who and why.

nothing        looked at, and left as it is          threshold   another threshold, by what roi.yaml says it is worth
fix-data       repair or set apart broken inputs     fall-back   let the rule of fallback.py answer
fix-serving    replay, deploy anew, ask again        resume      let the model answer again
recalibrate    correct scores by what came true      roll-back   the version before: model, data, environment
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from .errors import OK, InputError
from .log import find_log, read_log
from .outcomes import read_outcomes
from .override import record, require_person

if TYPE_CHECKING:
    from .champion import Version
    from .config import Config
    from .derive import Derived

ACTIONS = ("nothing", "fix-data", "fix-serving", "recalibrate", "threshold", "fall-back", "resume", "roll-back")
NO_ACTION = "NO_ACTION"
RECALIBRATE = "RECALIBRATE"
MOVE_THRESHOLD = "MOVE_THRESHOLD"
ROLL_BACK = "ROLL_BACK"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("action", choices=ACTIONS)
    parser.add_argument("--who", required=True, help="your name")
    parser.add_argument("--reason", required=True, help="why")
    parser.add_argument("--period", help="with fix-data and fix-serving: the period (default: the newest)")
    parser.add_argument("--on", help="with fix-serving, fall-back, resume: an environment that is deployed to")
    parser.add_argument("--log", type=Path, help="prediction log (default: monitoring/predictions.sqlite)")


def run(config: Config, arguments: argparse.Namespace) -> int:
    who, reason = arguments.who, arguments.reason
    require_person(who, reason)
    if arguments.action == "nothing":
        record(config, NO_ACTION, who, reason, action="nothing; a person has looked at it")
    elif arguments.action == "fix-data":
        from .fix_data import fix_data

        log = find_log(config, arguments.log)
        return fix_data(config, log, arguments.period or _newest_period(config, log), who, reason)
    elif arguments.action == "fix-serving":
        from .fix_serving import fix_serving

        log = find_log(config, arguments.log)
        return fix_serving(config, log, arguments.period or _newest_period(config, log), arguments.on, who, reason)
    elif arguments.action in ("recalibrate", "threshold"):
        _correct(config, arguments)
    elif arguments.action == "roll-back":
        _roll_back(config, who, reason)
    else:
        from .fall_back import fall_back, resume
        from .rollout import root_of

        (fall_back if arguments.action == "fall-back" else resume)(config, root_of(config, arguments.on), who, reason)
    return OK


def _correct(config: Config, arguments: argparse.Namespace) -> None:
    """Register a version of the champion with corrected scores or another threshold."""
    log, base = find_log(config, arguments.log), _champion(config)
    if arguments.action == "recalibrate":
        from .recalibrate import recalibrate

        derived, decision = recalibrate(config, base, log), RECALIBRATE
    else:
        from .move_threshold import move_threshold

        derived, decision = move_threshold(config, base, log), MOVE_THRESHOLD
    _record_version(config, decision, base, derived, arguments.who, arguments.reason)


def _record_version(config: Config, decision: str, base: Version, derived: Derived, who: str, reason: str) -> None:
    if derived.refusals:
        action = f"version {derived.number} was made of version {base.number}, and refused"
    else:
        action = f"version {derived.number} was made of version {base.number}: make promote VERSION={derived.number}"
    facts = {"version": derived.number, "base": base.number, "refusals": derived.refusals}
    record(config, decision, who, reason, action=action, **facts)


def _roll_back(config: Config, who: str, reason: str) -> None:
    from . import rollback

    before = _champion(config).number
    rollback.run(config, argparse.Namespace(to=None))
    action = f"version {_champion(config).number} again, after version {before}"
    record(config, ROLL_BACK, who, reason, action=action, **{"from": before, "to": _champion(config).number})


def _champion(config: Config) -> Version:
    from . import registry

    version = registry.champion(config)
    if version is None:
        raise InputError("No version is in use yet: make pipeline, then make promote.")
    return version


def _newest_period(config: Config, log: Path) -> str:
    from .artifact import read_metrics
    from .contract import load_contract

    facts = read_metrics(config.models)
    name = facts["period"] if config.monitoring.period == "auto" else config.monitoring.period
    with read_log(log) as connection:
        return str(read_outcomes(connection, load_contract(config), name)["period"].max())
