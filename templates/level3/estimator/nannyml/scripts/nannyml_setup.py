"""Make the environment of NannyML in .nannyml, which it has for itself: over a gigabyte."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / ".nannyml"
REQUIREMENTS = ROOT / "scripts" / "nannyml-requirements.txt"


def main() -> int:
    python = FOLDER / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    uv = shutil.which("uv")
    try:
        if not python.exists():
            run(
                [uv, "venv", "--python", sys.executable, str(FOLDER)]
                if uv
                else [sys.executable, "-m", "venv", str(FOLDER)]
            )
        if uv:
            run([uv, "pip", "install", "--python", str(python), "--requirements", str(REQUIREMENTS)])
        else:
            run([str(python), "-m", "pip", "install", "--quiet", "--requirement", str(REQUIREMENTS)])
    except subprocess.CalledProcessError as error:
        print(f"{error}\nNannyML could not be installed; the message above says why.", file=sys.stderr)
        return 1
    print("NannyML is ready, in .nannyml")
    return 0


def run(command: list[str]) -> None:
    subprocess.run(command, cwd=ROOT, check=True)


if __name__ == "__main__":
    raise SystemExit(main())
