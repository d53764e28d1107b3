"""Bring the workflows to the root of the repository, where GitHub looks for them, if this project is a subfolder of it.

python3 scripts/ci_install.py   again after the workflows have changed here
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WORKFLOWS = Path(".github/workflows")
# The first line of what was brought there, so that nothing else is written over.
MARK = "# Brought here from {} by make ci-install; change it there."


def main() -> int:
    top = subprocess.run(
        ["git", "rev-parse", "--show-toplevel"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.strip()
    if not top:
        print("There is no git repository here yet. After git init: make ci-install", file=sys.stderr)
        return 1
    repository = Path(top).resolve()
    if repository == ROOT:
        print(f"The repository is this folder, so GitHub finds {WORKFLOWS} as it is.")
        return 0
    folder = ROOT.relative_to(repository).as_posix()
    for source in sorted((ROOT / WORKFLOWS).glob("mlops-*.yml")):
        target = repository / WORKFLOWS / f"{folder.replace('/', '-')}-{source.name}"
        mark = MARK.format(folder)
        if target.exists() and not target.read_text(encoding="utf-8").startswith(mark):
            print(f"{target} is there already and is not ours: rename it, then make ci-install", file=sys.stderr)
            return 1
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(f"{mark}\n{for_subfolder(source.read_text(encoding='utf-8'), folder)}", encoding="utf-8")
        print(f"Workflow   {target.relative_to(repository)}: commit it")
    return 0


def for_subfolder(text: str, folder: str) -> str:
    """Return a workflow that works in a subfolder, and only runs when something in it has changed."""
    name = text.split("name: ", 1)[1].split("\n", 1)[0]
    changed = text.replace(f"name: {name}\n", f"name: {name} of {folder}\n", 1)
    changed = changed.replace("working-directory: .\n", f"working-directory: {folder}\n")
    changed = changed.replace("path: reports/ci\n", f"path: {folder}/reports/ci\n")
    only = f'    paths: ["{folder}/**"]\n'
    return changed.replace("  push:\n  pull_request:\n", f"  push:\n{only}  pull_request:\n{only}")


if __name__ == "__main__":
    raise SystemExit(main())
