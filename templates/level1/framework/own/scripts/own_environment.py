"""Make .venv-own, in which your own code runs, from what own.requirements of mlops.yaml names; setup.py calls it.

Exact versions are kept in requirements-own.lock.
"""

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
PYTHON = FOLDER / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
LOCK = ROOT / "requirements-own.lock"
# What it was made from: checksums of what own.requirements names, and of the lock.
STAMP = FOLDER / "made-from.sha256"
BEFORE = ROOT / ".venv-own-before"
LEFT_OUT = (".git", ".venv", FOLDER.name, BEFORE.name, "node_modules", "__pycache__")
LARGEST = 20_000_000
PIP_NAMES = {"pytorch": "torch", "py-xgboost": "xgboost", "msgpack-python": "msgpack"}


def main() -> int:
    own = yaml.safe_load((ROOT / "mlops.yaml").read_text(encoding="utf-8")).get("own") or {}
    home = (ROOT / (own.get("root") or ".")).resolve()
    named = own.get("requirements") or []
    missing = [name for name in named if not (home / name).exists()]
    if missing:
        print(f"mlops.yaml: own.requirements names {missing[0]}, and there is no {home / missing[0]}.", file=sys.stderr)
        return 1
    if not named:
        shutil.rmtree(FOLDER, ignore_errors=True)
        LOCK.write_text("# Your own code runs in .venv: own.requirements of mlops.yaml is empty.\n", encoding="utf-8")
        return 0
    try:
        make(home, named)
    except subprocess.CalledProcessError:
        take_back()
        print(
            f"{', '.join(named)}: could not be installed for your own code, as said above. Name others in "
            "own.requirements of mlops.yaml, or a Python that has what your code needs in own.python.",
            file=sys.stderr,
        )
        return 1
    return 0


def make(home: Path, named: list[str]) -> None:
    """Make the environment, unless it is there, with the versions of the lock; write the lock where it is outgrown."""
    asked = digest(home, named)
    made_from = STAMP.read_text(encoding="utf-8").split() if STAMP.is_file() else []
    if made_from == [asked, checksum(LOCK)]:
        return
    # It came back with an earlier version of the model, or with a commit: it counts, whatever is named today.
    is_given = len(made_from) == 2 and LOCK.is_file() and made_from[1] != checksum(LOCK)
    is_current = LOCK.is_file() and LOCK.read_text(encoding="utf-8").startswith(header(asked))
    begin()
    with tempfile.TemporaryDirectory() as copies:
        if is_given:
            packages = [name for name in named if (home / name).is_dir()]
            install(home, "-r", str(LOCK))
            install(home, *arguments_of(home, packages, Path(copies)), "--no-deps")
        else:
            held = ["-c", str(LOCK)] if is_current else []
            install(home, *arguments_of(home, named, Path(copies)), *held)
    if not (is_given or is_current):
        LOCK.write_text(f"{header(asked)}\n{installed()}", encoding="utf-8")
    STAMP.write_text(f"{asked} {checksum(LOCK)}\n", encoding="utf-8")
    shutil.rmtree(BEFORE, ignore_errors=True)


def begin() -> None:
    """Make an empty environment, with uv where it is there; the one before is kept until this one is whole."""
    shutil.rmtree(BEFORE, ignore_errors=True)
    if FOLDER.exists():
        FOLDER.rename(BEFORE)
    uv = find_uv()
    command = [uv, "venv", "--quiet", "--python", sys.executable] if uv else [sys.executable, "-m", "venv"]
    run([*command, str(FOLDER)], ROOT)


def take_back() -> None:
    """Bring back what was installed before."""
    if BEFORE.exists():
        shutil.rmtree(FOLDER, ignore_errors=True)
        BEFORE.rename(FOLDER)


def install(home: Path, *arguments: str) -> None:
    if any(not each.startswith("-") for each in arguments):
        run([*pip("install"), "--quiet", *arguments], home)


def installed() -> str:
    """Return every package with its version, but none that lies in a folder here."""
    listed = subprocess.run(pip("freeze"), cwd=ROOT, check=True, capture_output=True, text=True).stdout
    lines = [line for line in listed.splitlines() if not line.startswith(("-e", "#")) and "@ file:" not in line]
    return "".join(f"{line}\n" for line in lines)


def pip(command: str) -> list[str]:
    uv = find_uv()
    if uv:
        return [uv, "pip", command, "--python", str(PYTHON)]
    return [str(PYTHON), "-m", "pip", "--disable-pip-version-check", command]


def find_uv() -> str | None:
    own = ROOT / (".uv/Scripts/uv.exe" if os.name == "nt" else ".uv/bin/uv")
    return shutil.which("uv") or (str(own) if own.exists() else None)


def arguments_of(home: Path, named: list[str], copies: Path) -> list[str]:
    """Return for pip what is named: files of requirements, and folders that hold a package."""
    arguments = []
    for number, name in enumerate(named):
        path = home / name
        if path.is_dir():
            arguments.append(copied(path, copies / str(number)))
        elif path.suffix in (".yml", ".yaml"):
            listed = copies / f"{number}.txt"
            listed.write_text("\n".join(requirements_of(path)), encoding="utf-8")
            arguments += ["-r", str(listed)]
        else:
            arguments += ["-r", name]
    return arguments


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


def header(asked: str) -> str:
    """Return the first line of the lock, which tells what it was made from."""
    return f"# Written by scripts/own_environment.py from own.requirements of mlops.yaml with sha256 {asked}"


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


def checksum(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "none"


def run(command: list[str], folder: Path) -> None:
    subprocess.run(command, cwd=folder, check=True)


if __name__ == "__main__":
    raise SystemExit(main())
