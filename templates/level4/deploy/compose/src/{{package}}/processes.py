"""The containers of a deployment, as compose.yaml has them: blue, green, the proxy, and Prometheus."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from .artifact import write_json
from .colors import COLORS, PROXY, port_of
from .errors import InputError, ProjectError
from .image import engine, image_of, last_line, run_tool

if TYPE_CHECKING:
    from .bundle import Bundle
    from .config import Config
    from .environments import Environment

SETTINGS = "compose.json"
PROMETHEUS = "prometheus"
# The account of the image. Whoever is root here does not run services as root.
ACCOUNT = 10001


def address_of(environment: Environment, color: str) -> str:
    """Return where the proxy reaches a service, in the network of the containers."""
    del environment
    return f"{color}:{8001 + COLORS.index(color)}"


def prepare(config: Config, environment: Environment, folder: Path, color: str, bundle: Bundle) -> None:
    """Have the image of an artifact, and let compose.yaml know of it; no container is started or stopped by this."""
    image = image_of(config, bundle).reference
    settings = _read_settings(folder)
    monitoring = (folder / color / "monitoring").resolve()
    if not is_running(folder, PROXY):
        settings["PROXY_IMAGE"] = image
    settings.update(
        {
            f"{color.upper()}_IMAGE": image,
            **{f"{each.upper()}_PORT": str(port_of(environment, each)) for each in COLORS},
            "PROXY_PORT": str(environment.port),
            "PROMETHEUS_PORT": str(environment.port + 1 + len(COLORS)),
            "WORKERS": str(environment.workers),
            "ROOT": str(config.root),
            "FOLDER": str(folder),
            "MONITORING": str(monitoring),
            "RUN_AS": _account(folder / color / "models", monitoring),
        }
    )
    for each in COLORS:
        settings.setdefault(f"{each.upper()}_IMAGE", image)
        (folder / each / "models").mkdir(parents=True, exist_ok=True)
    write_json(settings, folder / SETTINGS)


def start(folder: Path, program: str) -> None:
    """Start a container, unless it runs; with the proxy Prometheus, which nothing depends on.

    Raises:
        ProjectError: it does not start.
    """
    if not is_running(folder, program):
        started = _compose(folder, "up", "--detach", "--no-deps", program)
        if not is_running(folder, program):
            raise ProjectError(f"{program} does not start: {last_line(started)}.")
    if program == PROXY and not is_running(folder, PROMETHEUS):
        watched = _compose(folder, "up", "--detach", "--no-deps", PROMETHEUS)
        if watched.returncode:
            print(f"Warning    Prometheus does not start: {last_line(watched)}")


def stop(folder: Path, program: str) -> None:
    """Stop a container once it has answered what it had begun, and remove it: the next one has another image."""
    for container in _containers(folder, program, "--all"):
        run_tool(engine(), "stop", "--time", "35", container)
        run_tool(engine(), "rm", "--force", container)


def is_running(folder: Path, program: str) -> bool:
    return len(_containers(folder, program)) > 0


def shut_down(folder: Path) -> None:
    """Stop and remove all containers, their network and Prometheus' data."""
    if (folder / SETTINGS).is_file():
        _compose(folder, "down", "--volumes")


def logs(folder: Path, program: str) -> str:
    """Return the last line that a container wrote, for messages."""
    for container in _containers(folder, program, "--all"):
        return last_line(run_tool(engine(), "logs", "--tail", "1", container))
    return ""


def _compose(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run compose with the settings of a deployment in its environment, where no value needs quotes."""
    settings = _read_settings(folder)
    root = settings["ROOT"]
    command = [*_tool(), "--project-name", _project(folder), "--file", str(Path(root) / "compose.yaml"), *arguments]
    # Without root, podman maps the account that services run as to the one who deploys.
    more = {"PODMAN_USERNS": "keep-id"} if "podman" in engine() and os.getuid() else {}
    return subprocess.run(
        command,
        cwd=root,
        env={**os.environ, **more, **settings},
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )


def _tool() -> list[str]:
    """Return how compose is called.

    Raises:
        InputError: it is not installed.
    """
    name = engine()
    if "podman" in name and shutil.which("podman-compose"):
        return ["podman-compose"]
    if run_tool(name, "compose", "version").returncode == 0:
        return [name, "compose"]
    wanted = "podman-compose" if "podman" in name else "the Compose plugin of docker"
    raise InputError(f"{name} cannot run compose.yaml: install {wanted}.")


def _project(folder: Path) -> str:
    """Return the name of a deployment among all that run on this machine."""
    name = re.sub(r"[^a-z0-9]+", "-", f"{folder.parents[1].name}-{folder.name}".lower()).strip("-")
    return f"{name}-{hashlib.sha256(str(folder).encode()).hexdigest()[:8]}"


def _containers(folder: Path, program: str, *arguments: str) -> list[str]:
    names = {"project": _project(folder), "service": program}
    filters = [f"--filter=label=com.docker.compose.{name}={value}" for name, value in names.items()]
    listed = run_tool(engine(), "ps", "--quiet", *arguments, *filters)
    return listed.stdout.split()


def _read_settings(folder: Path) -> dict[str, str]:
    path = folder / SETTINGS
    settings: dict[str, str] = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return settings


def _account(*folders: Path) -> str:
    """Return who services run as: who deploys, or for root the account of the image, which then owns the folders."""
    if os.getuid():
        return f"{os.getuid()}:{os.getgid()}"
    for folder in folders:
        for path in (folder, *folder.rglob("*")):
            os.chown(path, ACCOUNT, ACCOUNT, follow_symlinks=False)
    return f"{ACCOUNT}:{ACCOUNT}"
