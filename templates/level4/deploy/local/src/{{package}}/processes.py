"""The processes of a deployment, under Supervisor: one supervisord an environment, with blue, green and the proxy."""

from __future__ import annotations

import hashlib
import shlex
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import jinja2

from .colors import COLORS, port_of
from .errors import ProjectError
from .serve import GRACE_SECONDS

if TYPE_CHECKING:
    from .bundle import Bundle
    from .config import Config
    from .environments import Environment

CONFIGURATION = "supervisord.conf"
TEMPLATE = f"{CONFIGURATION}.j2"


def address_of(environment: Environment, color: str) -> str:
    """Return where the proxy reaches a service."""
    return f"127.0.0.1:{port_of(environment, color)}"


def prepare(config: Config, environment: Environment, folder: Path, color: str, bundle: Bundle) -> None:
    """Have a supervisor run that knows the programs; none is started or stopped by this."""
    del color, bundle  # A service runs from its folder, wherever what is in it came from.
    (folder / "logs").mkdir(parents=True, exist_ok=True)
    path = folder / CONFIGURATION
    path.write_text(_configuration(config, environment, folder), encoding="utf-8")
    if _control(folder, "pid").returncode == 0:
        _control(folder, "update", *COLORS)
        return
    started = _run("supervisor.supervisord", folder)
    if started.returncode:
        raise ProjectError(f"The supervisor of {environment.name} does not start: {_last_line(started)}")


def start(folder: Path, program: str) -> None:
    """Start a program, unless it runs.

    Raises:
        ProjectError: it ends at once.
    """
    if is_running(folder, program):
        return
    started = _control(folder, "start", program)
    if not is_running(folder, program):
        raise ProjectError(f"{program} does not start: {_last_line(started)}.")


def stop(folder: Path, program: str) -> None:
    """Stop a program once it has answered what it had begun."""
    _control(folder, "stop", program)


def is_running(folder: Path, program: str) -> bool:
    return _control(folder, "status", program).returncode == 0


def shut_down(folder: Path) -> None:
    """Stop all programs and their supervisor."""
    if not (folder / CONFIGURATION).is_file() or _control(folder, "pid").returncode:
        return
    _control(folder, "shutdown")
    deadline = time.monotonic() + GRACE_SECONDS + 10
    while _control(folder, "pid").returncode == 0 and time.monotonic() < deadline:
        time.sleep(0.2)


def logs(folder: Path, program: str) -> str:
    """Return the last line that a program wrote, for messages."""
    path = folder / "logs" / f"{program}.log"
    lines = path.read_text(encoding="utf-8", errors="replace").strip().splitlines() if path.is_file() else []
    return lines[-1] if lines else ""


def _configuration(config: Config, environment: Environment, folder: Path) -> str:
    """Fill in the template in deploy/. In a value, % is written twice, as it begins an expansion there."""
    filler = jinja2.Environment(
        loader=jinja2.FileSystemLoader(config.root / "deploy"),
        trim_blocks=True,
        undefined=jinja2.StrictUndefined,
        finalize=lambda value: str(value).replace("%", "%%"),
    )
    filler.filters["quote"] = lambda value: shlex.quote(str(value))
    try:
        return filler.get_template(TEMPLATE).render(
            project=config.root,
            folder=folder,
            socket=_socket(folder),
            package=__package__,
            python=shlex.quote(sys.executable),
            environment=environment,
            ports={color: port_of(environment, color) for color in COLORS},
            patience=GRACE_SECONDS + 5,
        )
    except jinja2.TemplateError as error:
        raise ProjectError(f"deploy/{TEMPLATE} cannot be filled in: {type(error).__name__}: {error}.") from error


def _socket(folder: Path) -> Path:
    """Return where the supervisor listens: the path of a socket may not be longer than about 100 characters."""
    name = hashlib.sha256(str(folder).encode()).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"deployment-{name}.sock"


def _control(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return _run("supervisor.supervisorctl", folder, *arguments)


def _run(module: str, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", module, "-c", str(folder / CONFIGURATION), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)


def _last_line(result: subprocess.CompletedProcess[str]) -> str:
    lines = (result.stdout + result.stderr).strip().splitlines()
    return lines[-1] if lines else f"exit code {result.returncode}"
