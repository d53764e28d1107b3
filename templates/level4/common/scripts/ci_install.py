"""Bring what hosted CI reads to the root of the repository, where it looks, if this project is a subfolder of it.

python3 scripts/ci_install.py   again after it has changed here
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# The first line of what was brought there, so that nothing else is written over.
MARK = "# Brought here from {} by make ci-install; change it there."
# slot: constants


def main() -> int:
    top = subprocess.run(
        ["git", "rev-parse", "--show-toplevel"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.strip()
    if not top:
        print("There is no git repository here yet. After git init: make ci-install", file=sys.stderr)
        return 1
    repository = Path(top).resolve()
    if repository == ROOT:
        print(f"The repository is this folder, so {SERVICE} finds {FOUND} as it is.")
        return 0
    folder = ROOT.relative_to(repository).as_posix()
    for source, target in brought(repository, folder.replace("/", "-")):
        mark = MARK.format(folder)
        if target.exists() and not target.read_text(encoding="utf-8").startswith(mark):
            print(f"{target} is there already and is not ours: rename it, then make ci-install", file=sys.stderr)
            return 1
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(f"{mark}\n{for_subfolder(source.read_text(encoding='utf-8'), folder)}", encoding="utf-8")
        print(f"{KIND:<10} {target.relative_to(repository)}: commit it")
        # slot: after
    return 0


# slot: functions


if __name__ == "__main__":
    raise SystemExit(main())
