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

from .colors import COLORS, PROXY, port_of
from .errors import ProjectError
from .serve import GRACE_SECONDS

if TYPE_CHECKING:
    from .bundle import Bundle
    from .config import Config
    from .environments import Environment

CONFIGURATION = "supervisord.conf"


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
    socket = _socket(folder)
    text = [
        f"[unix_http_server]\nfile={_plain(socket)}\nchmod=0700\n",
        f"[supervisord]\nlogfile={_plain(folder / 'logs' / 'supervisord.log')}\n"
        f"pidfile={_plain(folder / 'supervisord.pid')}\ndirectory={_plain(folder)}\n",
        "[rpcinterface:supervisor]\nsupervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface\n",
        f"[supervisorctl]\nserverurl=unix://{_plain(socket)}\n",
    ]
    for color in COLORS:
        host, _, port = address_of(environment, color).partition(":")
        serve = ["serve", "--host", host, "--port", port, "--workers", str(environment.workers)]
        root = folder / color
        text.append(_program(color, root, serve, folder, f'environment=PYTHONPATH="{_plain(root / "src")}"\n'))
    proxy = ["proxy", str(folder), "--port", str(environment.port)]
    text.append(_program(PROXY, config.root, proxy, folder, ""))
    return "\n".join(text)


def _program(name: str, directory: Path, arguments: list[str], folder: Path, more: str) -> str:
    command = shlex.join([sys.executable, "-m", str(__package__), *arguments])
    return (
        f"[program:{name}]\ncommand={_plain(command)}\ndirectory={_plain(directory)}\n"
        f"autostart=false\nautorestart=true\nstartsecs=1\nstopwaitsecs={GRACE_SECONDS + 5}\n"
        f"stdout_logfile={_plain(folder / 'logs' / name)}.log\nredirect_stderr=true\n{more}"
    )


def _plain(value: object) -> str:
    """Return a value as the configuration file spells it, where % begins an expansion."""
    return str(value).replace("%", "%%")


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
