"""The scripts that work without the project's environment."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import zipfile
from pathlib import Path
from types import ModuleType

import pytest

SCRIPTS = Path(__file__).parent.parent / "scripts"


def load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, SCRIPTS / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_hooks_are_left_alone_where_there_is_no_repository(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    hooks = load("hooks")
    monkeypatch.setattr(hooks, "ROOT", tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert hooks.main() == 0
    assert "no git repository" in capsys.readouterr().out


def test_the_lock_is_remembered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stamp = load("stamp")
    (tmp_path / ".venv").mkdir()
    (tmp_path / "requirements.lock").write_text("one==1.0\n", encoding="utf-8")
    monkeypatch.setattr(stamp, "ROOT", tmp_path)
    assert stamp.main() == 0
    assert len((tmp_path / ".venv" / "lock.sha256").read_text(encoding="utf-8").strip()) == 64


def test_the_wheel_is_one_and_names_its_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    check_wheel = load("check_wheel")
    monkeypatch.setattr(check_wheel, "ROOT", tmp_path)
    assert check_wheel.main() == 1
    assert "0 wheels" in capsys.readouterr().err
    wheel = tmp_path / "one-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("one-1.0.dist-info/entry_points.txt", "[console_scripts]\none = one.cli:main\n")
    assert check_wheel.command_of(wheel) == "one"


def test_in_a_subfolder_ci_is_brought_to_the_root_and_knows_the_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ci_install = load("ci_install")
    project = tmp_path / "models" / "one"
    for folder in (".github", ".gitlab"):
        if (SCRIPTS.parent / folder).is_dir():
            shutil.copytree(SCRIPTS.parent / folder, project / folder)
    monkeypatch.delenv("GIT_DIR", raising=False)
    monkeypatch.setattr(ci_install, "ROOT", project)
    subprocess.run(["git", "init", "--quiet"], cwd=tmp_path, check=True)
    # A second time, it is what was brought before that is written over.
    assert ci_install.main() == 0
    assert ci_install.main() == 0
    brought = ci_install.brought(tmp_path, "models-one")
    assert brought
    for _, target in brought:
        text = target.read_text(encoding="utf-8")
        assert text.startswith("# Brought here from models/one ")
        assert "path: reports/ci" not in text
    target.write_text("mine\n", encoding="utf-8")
    assert ci_install.main() == 1
    assert "not ours" in capsys.readouterr().err
    assert target.read_text(encoding="utf-8") == "mine\n"
