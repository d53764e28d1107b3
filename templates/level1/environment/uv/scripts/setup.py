"""Make the environment in .venv with uv. Needs Python only: where uv is missing, it is installed into .uv.

python3 scripts/setup.py [--notebook]
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OWN_UV = ROOT / ".uv"
UV = "uv>=0.8,<1"

OFFLINE_HELP = """
The packages could not be installed; the message above says why.
Without a network: connect and run `make setup` again, or name a folder of wheels with UV_FIND_LINKS and set
UV_OFFLINE=1. What was installed before stays usable.
"""


def main() -> int:
    try:
        uv = find_uv()
        # An up-to-date uv.lock is taken as it is; one that pyproject.toml has outgrown is completed.
        run([uv, "sync"])
        # slot: installed
        if "--notebook" in sys.argv[1:]:
            run([uv, "pip", "install", "--quiet", "--requirements", "notebooks/requirements.txt"])
    except (subprocess.CalledProcessError, OSError) as error:
        print(f"{error}\n{OFFLINE_HELP}", file=sys.stderr)
        return 1
    print("The environment is ready: .venv, with the exact versions in uv.lock. Next: make help")
    return 0


def find_uv() -> str:
    """Return a uv that works, after installing one into the project if need be."""
    own = str(OWN_UV / ("Scripts/uv.exe" if os.name == "nt" else "bin/uv"))
    for candidate in (shutil.which("uv"), own):
        if candidate is not None and works(candidate):
            return candidate
    print("uv is not installed, so the project gets its own, in .uv")
    python = OWN_UV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    run([sys.executable, "-m", "venv", str(OWN_UV)])
    run([str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", UV])
    return own


def works(uv: str) -> bool:
    try:
        return subprocess.run([uv, "--version"], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def run(command: list[str], **settings: str) -> None:
    # An environment that happens to be active is not the one that is made here.
    environment = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
    subprocess.run(command, cwd=ROOT, env={**environment, **settings}, check=True)


if __name__ == "__main__":
    raise SystemExit(main())
