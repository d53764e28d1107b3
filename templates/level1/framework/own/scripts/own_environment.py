"""Make .venv-own, in which your own code runs, from what own.requirements of mlops.yaml names; setup.py calls it."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / ".venv-own"
STAMP = FOLDER / "made-from.sha256"


def main() -> int:
    own = yaml.safe_load((ROOT / "mlops.yaml").read_text(encoding="utf-8")).get("own") or {}
    home = (ROOT / (own.get("root") or ".")).resolve()
    named = own.get("requirements") or []
    missing = [name for name in named if not (home / name).exists()]
    if missing:
        print(f"mlops.yaml: own.requirements names {missing[0]}, and there is no {home / missing[0]}.", file=sys.stderr)
        return 1
    if named and not is_current(home, named):
        install(home, named)
        STAMP.write_text(digest(home, named), encoding="utf-8")
    return 0


def install(home: Path, named: list[str]) -> None:
    """Install files of requirements, and folders that hold a package, with uv where it is there."""
    python = FOLDER / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    own_uv = ROOT / (".uv/Scripts/uv.exe" if os.name == "nt" else ".uv/bin/uv")
    uv = shutil.which("uv") or (str(own_uv) if own_uv.exists() else None)
    # A package is copied into the environment: its code comes with each model anyway.
    what = [word for name in named for word in ([str(home / name)] if (home / name).is_dir() else ["-r", name])]
    if uv is not None:
        run([uv, "venv", "--quiet", "--allow-existing", "--python", sys.executable, str(FOLDER)], home)
        run([uv, "pip", "install", "--quiet", "--python", str(python), *what], home)
    else:
        run([sys.executable, "-m", "venv", str(FOLDER)], home)
        run([str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *what], home)


def is_current(home: Path, named: list[str]) -> bool:
    return STAMP.is_file() and STAMP.read_text(encoding="utf-8") == digest(home, named)


def digest(home: Path, named: list[str]) -> str:
    """Return a hash of the files of requirements; of a folder, of what describes its package."""
    hashed = hashlib.sha256()
    for name in named:
        path = home / name
        files = [path] if path.is_file() else [path / each for each in ("pyproject.toml", "setup.py", "setup.cfg")]
        for file in files:
            hashed.update(f"{name}\n".encode())
            hashed.update(file.read_bytes() if file.is_file() else b"")
    return hashed.hexdigest()


def run(command: list[str], folder: Path) -> None:
    subprocess.run(command, cwd=folder, check=True)


if __name__ == "__main__":
    raise SystemExit(main())
