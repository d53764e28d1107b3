"""Render what is applied to the cluster in each environment, and check it against the schemas of Kubernetes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import yaml

from .cluster import kubectl
from .errors import OK, ProjectError

if TYPE_CHECKING:
    import argparse

    from .config import Config


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = "It needs kubectl, and no cluster."


def run(config: Config, _arguments: argparse.Namespace) -> int:
    for folder in sorted((config.root / "deploy" / "kubernetes" / "overlays").iterdir()):
        text = kubectl(config, "kustomize", str(folder))
        with TemporaryDirectory() as temporary:
            path = Path(temporary) / f"{folder.name}.yaml"
            path.write_text(text, encoding="utf-8")
            validate(path)
        print(f"Manifests  {folder.name}: {len(list(yaml.safe_load_all(text)))} resources keep their schemas")
    return OK


def validate(*files: Path) -> None:
    """Check files strictly: a field that Kubernetes does not know is an error.

    Raises:
        ProjectError: a resource is wrong; the message names it.
    """
    command = [sys.executable, "-m", "kubernetes_validate", "--strict", "--quiet", *map(str, files)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode:
        raise ProjectError(f"A resource is wrong: {(result.stdout + result.stderr).strip()[-1000:]}")
