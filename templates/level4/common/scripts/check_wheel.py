"""Install the wheel of dist/ in a clean environment, with what it asks for and nothing else, and start it there."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    wheels = sorted((ROOT / "dist").glob("*.whl"))
    if len(wheels) != 1:
        print(f"There are {len(wheels)} wheels in dist, one is expected: run make build", file=sys.stderr)
        return 1
    program = command_of(wheels[0])
    with tempfile.TemporaryDirectory() as folder:
        uv = shutil.which("uv")
        run(sys.executable, "-m", "venv", folder, *(["--without-pip"] if uv else []))
        programs = Path(folder) / ("Scripts" if os.name == "nt" else "bin")
        python = str(programs / "python")
        installer = [python, "-m", "pip"] if uv is None else [uv, "pip"]
        where = [] if uv is None else ["--python", python]
        run(*installer, "install", "--quiet", *where, str(wheels[0]))
        run(*installer, "check", *where)
        # The modules that predict and serve, without anything that only training needs.
        modules = "cli, predict, api, service, verify"
        run(python, "-c", f"from {program} import {modules}", cwd=folder)
        run(str(programs / program), "--help", cwd=folder)
    print(f"Wheel      {wheels[0].name} installs and starts in a clean environment")
    return 0


def command_of(wheel: Path) -> str:
    """Return the command that a wheel installs."""
    with zipfile.ZipFile(wheel) as archive:
        name = next(each for each in archive.namelist() if each.endswith(".dist-info/entry_points.txt"))
        lines = archive.read(name).decode("utf-8").splitlines()
    return next(line.split("=")[0].strip() for line in lines if "=" in line)


def run(*command: str, cwd: str | Path = ROOT) -> None:
    foreign = ("PYTHONPATH", "VIRTUAL_ENV")
    environment = {name: value for name, value in os.environ.items() if name not in foreign}
    subprocess.run(command, cwd=cwd, env=environment, check=True, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    try:
        raise SystemExit(main())
    except subprocess.CalledProcessError as error:
        print(f"The wheel does not work in a clean environment: {error}", file=sys.stderr)
        raise SystemExit(1) from error
