"""Make the environment in .venv with venv and pip. Exact versions are kept in requirements.lock.

python3 scripts/setup.py [--notebook]
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements.lock"
OLDEST_PYTHON = (3, 10)

OFFLINE_HELP = """
The packages could not be installed; the message above says why.
Without a network: connect and run `make setup` again, or name a folder of wheels with PIP_FIND_LINKS and set
PIP_NO_INDEX=1. What was installed before stays usable.
"""


def main() -> int:
    if sys.version_info < OLDEST_PYTHON:
        print(f"Python 3.10 or newer is needed, this is {sys.version.split()[0]}: make setup PYTHON=python3.12")
        return 1
    try:
        python = make_environment(ROOT / ".venv")
        install(python)
        # slot: installed
        if "--notebook" in sys.argv[1:]:
            pip(python, "install", "--no-compile", "--requirement", "notebooks/requirements.txt")
    except subprocess.CalledProcessError as error:
        print(f"{error}\n{OFFLINE_HELP}", file=sys.stderr)
        return 1
    print("The environment is ready: .venv, with the exact versions in requirements.lock. Next: make help")
    return 0


def make_environment(folder: Path) -> Path:
    """Make a virtual environment where there is none, and return its Python."""
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not python.exists():
        run([sys.executable, "-m", "venv", str(folder)])
    return python


def install(python: Path) -> None:
    """Install the project with the locked versions; write the lock where pyproject.toml has outgrown it."""
    # Python compiles what is imported at the first run; compiling all that is installed takes much longer.
    project = ["install", "--no-compile", "--editable", ".[dev]"]
    try:
        pip(python, *project, *locked())
    except subprocess.CalledProcessError:
        if is_current() or not LOCK.exists():
            raise
        print("pyproject.toml asks for versions that requirements.lock has not: others are looked for.", flush=True)
        pip(python, *project)
    if is_current():
        return
    frozen = subprocess.run(
        [str(python), "-m", "pip", "freeze", "--exclude-editable"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    LOCK.write_text(f"{header()}\n{frozen.stdout}", encoding="utf-8")


def locked() -> list[str]:
    """Return pip's arguments that hold packages at their locked versions."""
    return ["--constraint", LOCK.name] if LOCK.exists() else []


def is_current() -> bool:
    return LOCK.exists() and LOCK.read_text(encoding="utf-8").startswith(header())


def header() -> str:
    """Return the lock's first line, which tells from which pyproject.toml it was made."""
    digest = hashlib.sha256((ROOT / "pyproject.toml").read_bytes()).hexdigest()
    return f"# Written by scripts/setup.py from pyproject.toml with sha256 {digest}"


def pip(python: Path, *arguments: str) -> None:
    run([str(python), "-m", "pip", "--disable-pip-version-check", arguments[0], "--quiet", *arguments[1:]])


def run(command: list[str]) -> None:
    subprocess.run(command, cwd=ROOT, check=True)


if __name__ == "__main__":
    raise SystemExit(main())
