"""The files of your own code, kept together with a model, so that it always predicts with the code it was made with."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

from .errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

LARGEST = 20_000_000
LEFT_OUT = ("__pycache__", ".git", ".venv", ".ipynb_checkpoints", "node_modules")
# The same files make the same bytes.
EPOCH = (1980, 1, 1, 0, 0, 0)


def pack(root: Path, paths: Iterable[str]) -> bytes:
    """Return files, and those below folders, as a zip archive.

    Raises:
        InputError: together they are too large to be code.
    """
    content = io.BytesIO()
    size = 0
    with zipfile.ZipFile(content, "w", zipfile.ZIP_STORED) as archive:
        for file in sorted({file for path in paths for file in _files(root / path)}):
            size += file.stat().st_size
            if size > LARGEST:
                limit = f"{LARGEST // 1_000_000} MB"
                raise InputError(f"own.code of mlops.yaml names more than {limit}, {file} among them: name code only.")
            archive.writestr(zipfile.ZipInfo(file.relative_to(root).as_posix(), EPOCH), file.read_bytes())
    return content.getvalue()


def unpack(content: bytes, folder: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        archive.extractall(folder)


def redirect(folder: Path, path: str, data: Path) -> None:
    """Let code in a folder read a file by its place there, in place of a path that only one machine has.

    Raises:
        InputError: none of the code names the path.
    """
    # A path is spelled in the encoding of its file, its backslashes are doubled in text, and once more in a notebook.
    spellings = {
        (path.replace("\\", backslash).encode(encoding), data.as_posix().encode(encoding))
        for backslash in ("\\" * 4, "\\" * 2, "\\")
        for encoding in ("utf-8", "cp1252")
        if _can_spell(path + data.as_posix(), encoding)
    }
    is_named = False
    for file in [file for file in _files(folder) if file != data]:
        content = file.read_bytes()
        changed = content
        for spelled, place in sorted(spellings, reverse=True, key=lambda each: len(each[0])):
            changed = changed.replace(spelled, place)
        if changed != content:
            file.write_bytes(changed)
            is_named = True
    if not is_named:
        raise InputError(f"mlops.yaml: own.reads is {path!r}, and none of the files that own.code names has it.")


def _can_spell(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def _files(path: Path) -> Iterator[Path]:
    """Yield a file, or all below a folder; links are not followed."""
    if path.is_symlink() or path.name in LEFT_OUT:
        return
    if path.is_dir():
        for each in path.iterdir():
            yield from _files(each)
    elif path.is_file():
        yield path
