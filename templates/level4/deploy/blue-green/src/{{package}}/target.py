"""Deployments on this machine: two services, blue and green, one of which answers behind a proxy.

The new artifact starts beside the old one. Once it is ready the proxy sends requests to it, and the old one ends when
it has answered what it had begun.
"""

from __future__ import annotations

import shutil
import time
from typing import TYPE_CHECKING, Any

import httpx

from .artifact import write_json
from .bundle import unpack
from .colors import COLORS, PROXY, other_than, port_of
from .environments import PRODUCTION, environment_folder
from .errors import ProjectError
from .processes import address_of, is_running, logs, prepare, shut_down, start, stop
from .proxy import active_file, read_active
from .smoke import wait_until_ready

if TYPE_CHECKING:
    from pathlib import Path

    from .bundle import Bundle
    from .config import Config
    from .environments import Environment

# Requests that were on their way to the old service have arrived after this.
DRAIN_SECONDS = 1.0
# So long the new service is watched through the proxy before the old one is stopped.
WATCH_SECONDS = 2.0


def release(config: Config, environment: Environment, bundle: Bundle) -> str:
    """Let an artifact answer in an environment, and return its address.

    Raises:
        ProjectError: it is not ready, or does not stay so; what answered before answers again.
    """
    folder = environment_folder(config, environment.name)
    active = read_active(folder)
    color = other_than(None if active is None else active["color"])
    stop(folder, color)
    unpack(bundle, folder / color)
    _keep_monitoring(config, environment, folder / color)
    prepare(config, environment, folder, color, bundle)
    address = f"http://127.0.0.1:{environment.port}"
    try:
        start(folder, color)
        own = f"http://127.0.0.1:{port_of(environment, color)}"
        wait_until_ready(own, bundle.version, lambda: is_running(folder, color))
        _switch(folder, color, address_of(environment, color), bundle)
        start(folder, PROXY)
        wait_until_ready(address, bundle.version, lambda: is_running(folder, PROXY))
        _watch(address, bundle)
    except ProjectError as error:
        _switch_back(folder, active)
        stop(folder, color)
        raise ProjectError(f"{error} {logs(folder, color)}".strip()) from error
    if active is not None:
        time.sleep(DRAIN_SECONDS)
        stop(folder, active["color"])
    return address


def teardown(config: Config, environment: Environment) -> None:
    """Stop all processes of an environment, and remove what they ran from; logs stay."""
    folder = environment_folder(config, environment.name)
    shut_down(folder)
    active_file(folder).unlink(missing_ok=True)
    for color in COLORS:
        shutil.rmtree(folder / color, ignore_errors=True)


def live_root(config: Config, environment: Environment) -> Path:
    """Return the folder that the service of an environment runs in.

    Raises:
        ProjectError: nothing is deployed there.
    """
    folder = environment_folder(config, environment.name)
    active = read_active(folder)
    if active is None:
        raise ProjectError(f"Nothing is deployed to {environment.name}: make deploy ENV={environment.name}.")
    return folder / str(active["color"])


def _keep_monitoring(config: Config, environment: Environment, root: Path) -> None:
    """Let logs outlive the artifact; those of production are the project's, which make monitor reads."""
    kept = config.root if environment.name == PRODUCTION else environment_folder(config, environment.name)
    (kept / "monitoring").mkdir(parents=True, exist_ok=True)
    (root / "monitoring").symlink_to(kept / "monitoring", target_is_directory=True)


def _switch(folder: Path, color: str, address: str, bundle: Bundle) -> None:
    content = {"color": color, "address": address, "digest": bundle.digest, "version": bundle.version}
    write_json(content, active_file(folder))


def _switch_back(folder: Path, before: dict[str, Any] | None) -> None:
    if before is None:
        stop(folder, PROXY)
        active_file(folder).unlink(missing_ok=True)
    else:
        write_json(before, active_file(folder))
        time.sleep(DRAIN_SECONDS)


def _watch(address: str, bundle: Bundle) -> None:
    """Look at the service as clients see it."""
    until = time.monotonic() + WATCH_SECONDS
    while time.monotonic() < until:
        try:
            seen = httpx.get(f"{address}/version", timeout=5, trust_env=False).json().get("model_version")
        except (httpx.HTTPError, ValueError) as error:
            raise ProjectError(f"{address} does not answer any more: {error}.") from error
        if seen != str(bundle.version):
            raise ProjectError(f"{address} answers with version {seen}, not {bundle.version}.")
        time.sleep(0.2)
