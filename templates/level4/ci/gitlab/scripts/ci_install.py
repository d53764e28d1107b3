"""Include the pipeline at the root of the repository, where GitLab looks, if this project is a subfolder of it.

python3 scripts/ci_install.py   again after the pipeline has changed here
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PIPELINE = Path(".gitlab/mlops.yml")
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
        print("The repository is this folder, so GitLab finds .gitlab-ci.yml as it is.")
        return 0
    folder = ROOT.relative_to(repository).as_posix()
    target = repository / ".gitlab" / f"{folder.replace('/', '-')}-mlops.yml"
    mark = MARK.format(folder)
    if target.exists() and not target.read_text(encoding="utf-8").startswith(mark):
        print(f"{target} is there already and is not ours: rename it, then make ci-install", file=sys.stderr)
        return 1
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(
        f"{mark}\n{for_subfolder((ROOT / PIPELINE).read_text(encoding='utf-8'), folder)}", encoding="utf-8"
    )
    print(f"Pipeline   {target.relative_to(repository)}: commit it")
    line = f"include: [{{local: {target.relative_to(repository).as_posix()}}}]"
    root = repository / ".gitlab-ci.yml"
    if not root.exists():
        root.write_text(f"{line}\n", encoding="utf-8")
        print(f"Pipeline   {root.name} includes it: commit it, too")
    elif target.name not in root.read_text(encoding="utf-8"):
        print(f"Add to {root}: {line}")
    return 0


def for_subfolder(text: str, folder: str) -> str:
    """Return the pipeline for a subfolder: jobs of its own names, which run when something in it has changed."""
    changed = text.replace("FOLDER: .\n", f"FOLDER: {folder}\n").replace("reports/ci", f"{folder}/reports/ci")
    changed = changed.replace("[dist, ", f"[{folder}/dist, ")
    prefix = folder.replace("/", "-")
    for job in ("ci-", "release:"):
        changed = changed.replace(f"\n{job}", f"\n{prefix}-{job}")
    changed = changed.replace("[ci-", f"[{prefix}-ci-").replace(", ci-", f", {prefix}-ci-")
    changed = changed.replace(".mlops", f".{prefix}-mlops")
    rule = "    - if: $CI_COMMIT_TAG == null\n"
    return changed.replace(rule, f'{rule}      changes: ["{folder}/**/*"]\n')


if __name__ == "__main__":
    raise SystemExit(main())
