"""Exercise going back: put the version before into use, and the champion again, each proved; the record says when.

While it lasts, the version before answers. Where there is none, the champion's files are proved.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from . import registry
from .decision import DRILL, Decision, append_decision
from .errors import OK, InputError
from .policy import read_policy
from .proof import prove
from .rollout_state import read_rollout

if TYPE_CHECKING:
    import argparse

    from .config import Config


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = "How old the last exercise may be: rollback.drill_days in policy.yaml."


def run(config: Config, _arguments: argparse.Namespace) -> int:
    policy = read_policy(config)
    registry.refresh(config)
    champion, rollout = registry.champion(config), read_rollout(config.root)
    if champion is None:
        raise InputError("No version is in use, so there is nothing to go back from.")
    if rollout is not None and rollout.runs:
        raise InputError(f"Rollout {rollout.id} runs. Wait for its end, or stop it: make rollout-stop.")
    began = time.perf_counter()
    before = registry.find(config, str(champion.number)).replaced
    proofs = [f"version {champion.number}: {prove(champion.folder)}"]
    if before is not None:
        proofs.insert(0, f"version {before}: {prove(registry.resolve(config, str(before)).folder)}")
        try:
            registry.set_alias(config, "champion", before)
        finally:
            registry.set_alias(config, "champion", champion.number)
    seconds = time.perf_counter() - began
    went = "there was none before it" if before is None else f"to version {before} and back"
    reason = f"from version {champion.number} {went}, in {seconds:.1f} s"
    append_decision(
        config,
        Decision(DRILL, "G8", reason, {"champion": champion.number, "before": before, "seconds": round(seconds, 2)}),
        mode="person",
        policy_version=policy.version,
    )
    print("\n".join([f"Proof      {each}" for each in proofs] + [f"Drill      {reason}"]))
    return OK
