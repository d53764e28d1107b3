"""The cluster, by kubectl: the context and the namespaces that mlops.yaml says."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .errors import InputError, ProjectError
from .settings import expect, read_settings

if TYPE_CHECKING:
    from .config import Config
    from .environments import Environment

NAME = "model"
MOST = 63


@dataclass(frozen=True)
class Settings:
    """The section `kubernetes` of mlops.yaml."""

    context: str | None = None
    namespace: str = "auto"
    seconds: int = 300


def read_cluster_settings(config: Config) -> Settings:
    settings = read_settings(config, "kubernetes", Settings)
    expect(
        settings.context is None or isinstance(settings.context, str),
        "kubernetes.context",
        settings.context,
        "null, or the name of a context of kubectl",
    )
    expect(isinstance(settings.namespace, str), "kubernetes.namespace", settings.namespace, "auto, or a name")
    valid = isinstance(settings.seconds, int) and not isinstance(settings.seconds, bool) and settings.seconds > 0
    expect(valid, "kubernetes.seconds", settings.seconds, "a whole number of at least 1")
    return settings


def namespace_of(config: Config, environment: Environment) -> str:
    """Return the namespace of an environment: the name, as Kubernetes spells names, and the environment."""
    given = read_cluster_settings(config).namespace
    name = f"{config.project.name if given == 'auto' else given}-{environment.name}"
    return re.sub(r"[^a-z0-9]+", "-", name.lower())[-MOST:].strip("-")


def kubectl(config: Config, *arguments: str) -> str:
    """Run kubectl, and return what it said.

    Raises:
        InputError: it is not installed.
        ProjectError: it fails; the message has its last line.
    """
    program = shutil.which("kubectl")
    if program is None:
        raise InputError("kubectl is not installed. It speaks to the cluster: install it, and choose a context.")
    context = read_cluster_settings(config).context
    chosen = [] if context is None else ["--context", context]
    result = subprocess.run(
        [program, *chosen, *arguments], capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
    )
    if result.returncode:
        lines = (result.stderr or result.stdout).strip().splitlines()
        raise ProjectError(f"kubectl {arguments[0]}: {lines[-1] if lines else f'exit code {result.returncode}'}.")
    return result.stdout
