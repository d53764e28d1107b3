"""Install the git hooks of .pre-commit-config.yaml. Where that is not possible, say why, and leave it at that."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PRE_COMMIT = ROOT / (".venv/Scripts/pre-commit.exe" if os.name == "nt" else ".venv/bin/pre-commit")


def main() -> int:
    top = git("rev-parse", "--show-toplevel")
    if top is None:
        print("There is no git repository here, so no hooks were installed. After git init: make setup")
    elif Path(top).resolve() != ROOT:
        print(f"The repository is {top}, not this folder, so no hooks were installed.")
    elif git("config", "core.hooksPath"):
        print("git has a core.hooksPath of its own, so no hooks were installed.")
    else:
        command = [str(PRE_COMMIT), "install", "--hook-type", "pre-commit", "--hook-type", "pre-push"]
        subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    return 0


def git(*arguments: str) -> str | None:
    try:
        result = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return result.stdout.strip()


if __name__ == "__main__":
    raise SystemExit(main())
