"""Approve the artifact that runs in pre-production for production: who, and why, kept in docs/approvals.

Its version has to have been reviewed before: make review.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import registry
from .deployments import approval_file, approve, good_runs, live
from .environments import PRODUCTION, read_environment
from .errors import OK, InputError
from .review import require_review

if TYPE_CHECKING:
    import argparse

    from .config import Config


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--who", required=True, help="your name")
    parser.add_argument("--reason", required=True, help="why it may be used")
    # slot: arguments


def run(config: Config, arguments: argparse.Namespace) -> int:
    for name in ("who", "reason"):
        if not getattr(arguments, name).strip():
            raise InputError(f'{name} is empty. An approval says both: make approve WHO="…" REASON="…".')
    # slot: start
    source = read_environment(config, PRODUCTION).source or PRODUCTION
    deployed = live(config, source)
    if deployed is None:
        raise InputError(f"Nothing runs in {source}, so there is nothing to approve: make deploy ENV={source}.")
    reviewer = require_review(config, registry.resolve(config, str(deployed.version)))
    approve(config, deployed.digest, deployed.version, arguments.who, arguments.reason)
    runs = good_runs(config, source, deployed.digest)
    print(f"Approved   artifact {deployed.digest[:12]} with version {deployed.version}, after {runs} runs in {source}")
    print(f"           reviewed by {reviewer}")
    print(f"           {config.relative(approval_file(config, deployed.digest))}: commit it")
    return OK
