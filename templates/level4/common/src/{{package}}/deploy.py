"""Deploy a version of the model with its service to an environment, as deploy/NAME.yaml says.

The artifact is built for the first environment, and the same bytes go on to the next ones. Whatever fails, the
deployment of before goes on answering.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import registry, target
from .artifact_checks import check_artifact
from .bundle import Bundle, build, open_bundle
from .deployments import good_runs, live, live_before, read_approval, remember
from .environments import PRODUCTION, Environment, read_environment
from .errors import OK, REFUSED, InputError, ProjectError
from .first_version import make_first_version
from .promote import RefusedError, find_promotable, promote
from .proof import prove
from .smoke import smoke

if TYPE_CHECKING:
    import argparse

    from .champion import Version
    from .config import Config


class DeployError(ProjectError):
    """It was not deployed, and what ran before still runs."""

    exit_code = REFUSED


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("environment", help="test, pre-production or production; each is a file in deploy/")
    parser.add_argument("--version", help="version of the model (default: the challenger, else the champion)")
    parser.add_argument("--back", action="store_true", help="deploy the artifact that was there before, again")


def run(config: Config, arguments: argparse.Namespace) -> int:
    environment = read_environment(config, arguments.environment)
    if environment.source is not None and arguments.version:
        raise InputError(f"{environment.name} takes what {environment.source} has. VERSION= is for the first one.")
    if arguments.back:
        bundle = _artifact_before(config, environment)
    else:
        bundle = _artifact(config, environment, arguments.version)
        _require(config, environment, bundle)
    _release(config, environment, bundle)
    if environment.name == PRODUCTION:
        # What has been there before need not be as good as the champion that it is the way back from.
        (_put_back if arguments.back else _promote)(config, bundle)
    return OK


def _release(config: Config, environment: Environment, bundle: Bundle) -> None:
    """Let an artifact answer; whatever fails, what was there before goes on."""
    before = live(config, environment.name)
    print(f"Artifact   {bundle.short} with version {bundle.version}, sha256 {bundle.digest}")
    try:
        if environment.checks:
            print(f"Proof      {prove(bundle.folder / 'models' / 'versions' / str(bundle.version))}", flush=True)
            check_artifact(config, bundle)
        print(f"Smoke test {smoke(bundle)}")
        address = target.release(config, environment, bundle)
    except ProjectError as error:
        remember(config, environment.name, bundle.digest, bundle.version, "failed", str(error))
        kept = "Nothing is deployed there." if before is None else f"Version {before.version} still answers there."
        raise DeployError(f"Not deployed to {environment.name}: {error} {kept}") from error
    remember(config, environment.name, bundle.digest, bundle.version, "deployed", address)
    replaced = "" if before is None else f", after version {before.version}"
    print(f"Deployed   version {bundle.version} to {environment.name}{replaced}: {address}")


def _promote(config: Config, bundle: Bundle) -> None:
    promote(config, str(bundle.version))


def _put_back(config: Config, bundle: Bundle) -> None:
    registry.set_alias(config, "champion", bundle.version)
    print(f"Champion   version {bundle.version} again")


def _artifact_before(config: Config, environment: Environment) -> Bundle:
    before = live_before(config, environment.name)
    if before is None:
        raise InputError(f"{environment.name} had no other artifact before, so there is nothing to go back to.")
    return open_bundle(config, before.digest)


def _artifact(config: Config, environment: Environment, reference: str | None) -> Bundle:
    """Return what is to be deployed: the artifact of the environment before, or a new one."""
    if environment.source is None:
        return build(config, _version(config, reference))
    deployed = live(config, environment.source)
    if deployed is None:
        raise InputError(f"{environment.source} has nothing to take over. First: make deploy ENV={environment.source}.")
    return open_bundle(config, deployed.digest)


def _version(config: Config, reference: str | None) -> Version:
    """Return the version to build the artifact with; where there is none at all, one is made."""
    registry.refresh(config)
    if not registry.versions(config):
        make_first_version(config)
    if reference is None:
        waiting = registry.challenger(config) or registry.champion(config)
        if waiting is None:
            newest = registry.versions(config)[0]
            raise RefusedError(f"No version has passed validation; the newest, {newest.number}: {newest.refusals}")
        return waiting
    return find_promotable(config, reference)


def _require(config: Config, environment: Environment, bundle: Bundle) -> None:
    """Refuse an artifact that has not been where it has to have been."""
    if environment.source is not None and environment.runs:
        runs = good_runs(config, environment.source, bundle.digest)
        if runs < environment.runs:
            raise DeployError(
                f"{environment.name} is refused: artifact {bundle.short} has had {runs} of {environment.runs} good "
                f"runs in a row in {environment.source}. Next: make deploy ENV={environment.source}."
            )
    if environment.approval and read_approval(config, bundle.digest) is None:
        raise DeployError(
            f"{environment.name} is refused: nobody has approved artifact {bundle.short}. "
            'Somebody who may: make approve WHO="…" REASON="…".'
        )
    if environment.name == PRODUCTION:
        registry.refresh(config)
        find_promotable(config, str(bundle.version))
