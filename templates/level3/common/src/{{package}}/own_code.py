"""The code that a version of the model was made with, kept beside it: features.py, and what else its file refers to.

A model's file names functions and classes by module, and does not hold them. So a version would compute other features
as soon as features.py has changed, and going back to it would not bring back what it predicted.
"""

from __future__ import annotations

import ast
import importlib
import shutil
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import joblib

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGE = str(__package__)
HERE = Path(__file__).parent
# What a model's file may refer to; what these import is found in them.
ROOTS = ("encode", "estimator", "features", "model", "scorer")


def keep_code(folder: Path) -> None:
    """Copy the modules that a model's file refers to into a folder of a version."""
    package = folder / "code" / PACKAGE
    package.mkdir(parents=True)
    modules: set[str] = {"__init__"}
    for name in ROOTS:
        add_imported(name, modules)
    for name in modules:
        shutil.copyfile(HERE / f"{name}.py", package / f"{name}.py")


def has_other_code(folder: Path) -> bool:
    """Return whether a version was made with other code than there is now."""
    kept = (folder / "code" / PACKAGE).glob("*.py")
    return any(not _is_same(path, HERE / path.name) for path in kept)


def load_with_own_code(path: Path) -> Any:
    """Load a model with the code that is kept beside it."""
    with _code_of(path.parent):
        return joblib.load(path)


def add_imported(name: str, modules: set[str]) -> None:
    """Add a module of this package, and those of it that it needs when it is imported, to `modules`."""
    if name in modules:
        return
    modules.add(name)
    for node in ast.parse((HERE / f"{name}.py").read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ImportFrom) and node.level == 1:
            names = [node.module.split(".")[0]] if node.module else [alias.name for alias in node.names]
            for each in names:
                if (HERE / f"{each}.py").is_file():
                    add_imported(each, modules)


@contextmanager
def _code_of(folder: Path) -> Iterator[None]:
    """Let imports of this package find what is kept in a folder; afterwards all is as it was."""
    ours = {name: module for name, module in sys.modules.items() if _is_of_package(name)}
    writes_bytecode, sys.dont_write_bytecode = not sys.dont_write_bytecode, True
    code = str(folder / "code")
    for name in ours:
        del sys.modules[name]
    sys.path.insert(0, code)
    importlib.invalidate_caches()
    try:
        yield
    finally:
        sys.path.remove(code)
        for name in [each for each in sys.modules if _is_of_package(each)]:
            del sys.modules[name]
        sys.modules.update(ours)
        sys.dont_write_bytecode = not writes_bytecode


def _is_of_package(name: str) -> bool:
    return name == PACKAGE or name.startswith(f"{PACKAGE}.")


def _is_same(one: Path, other: Path) -> bool:
    return other.is_file() and one.read_bytes() == other.read_bytes()
