"""Make .venv-own, in which your own code runs, from what own.requirements of mlops.yaml names; setup.py calls it."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / ".venv-own"
LEFT_OUT = (".git", ".venv", ".venv-own", "node_modules", "__pycache__")
LARGEST = 20_000_000
PIP_NAMES = {"pytorch": "torch", "py-xgboost": "xgboost", "msgpack-python": "msgpack"}
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
        try:
            install(home, named)
        except subprocess.CalledProcessError:
            print(
                f"{', '.join(named)}: could not be installed for your own code, as said above. Name others in "
                "own.requirements of mlops.yaml, or a Python that has what your code needs in own.python.",
                file=sys.stderr,
            )
            return 1
        STAMP.write_text(digest(home, named), encoding="utf-8")
    return 0


def install(home: Path, named: list[str]) -> None:
    """Install files of requirements, and folders that hold a package, with uv where it is there."""
    python = FOLDER / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    own_uv = ROOT / (".uv/Scripts/uv.exe" if os.name == "nt" else ".uv/bin/uv")
    uv = shutil.which("uv") or (str(own_uv) if own_uv.exists() else None)
    with tempfile.TemporaryDirectory() as copies:
        what = []
        for number, name in enumerate(named):
            path = home / name
            if path.is_dir():
                what.append(copied(path, Path(copies) / str(number)))
            elif path.suffix in (".yml", ".yaml"):
                listed = Path(copies) / f"{number}.txt"
                listed.write_text("\n".join(requirements_of(path)), encoding="utf-8")
                what += ["-r", str(listed)]
            else:
                what += ["-r", name]
        if uv is not None:
            run([uv, "venv", "--quiet", "--allow-existing", "--python", sys.executable, str(FOLDER)], home)
            run([uv, "pip", "install", "--quiet", "--python", str(python), *what], home)
        else:
            run([sys.executable, "-m", "venv", str(FOLDER)], home)
            run([str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *what], home)


def requirements_of(conda: Path) -> list[str]:
    """Return what a conda environment file lists, as pip names it. Python itself is the one that runs this."""
    found: list[str] = []
    for each in yaml.safe_load(conda.read_text(encoding="utf-8")).get("dependencies") or []:
        if isinstance(each, dict):
            found += each.get("pip") or []
            continue
        name, version = re.fullmatch(r"(?:.*::)?([\w.-]+)(.*)", each.strip(), re.DOTALL).groups()
        if name not in ("python", "pip"):
            found.append(PIP_NAMES.get(name, name) + pinned(version.strip()))
    return found


def pinned(version: str) -> str:
    """Return a version of conda (`=2.1`, `=2.1=build`, `2.1.*`, `>=2,<3`) as pip writes it."""
    exact = re.fullmatch(r"=?([\d.]+)(\.?\*)?(?:[= ].*)?", version)
    return version if exact is None else f"=={exact[1].rstrip('.')}.*"


def copied(package: Path, folder: Path) -> str:
    """Copy what a package is built from, since building writes into its folder, and return where it is then."""

    def left_out(parent: str, names: list[str]) -> list[str]:
        paths = [Path(parent, name) for name in names]
        return [each.name for each in paths if each.name in LEFT_OUT or each == ROOT or is_large(each)]

    shutil.copytree(package, folder, ignore=left_out, symlinks=True)
    return str(folder)


def is_large(path: Path) -> bool:
    return path.is_file() and path.stat().st_size > LARGEST


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
