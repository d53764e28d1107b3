"""The container image of an artifact. It is built once, and the same bytes run in every environment."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from .artifact import write_json
from .errors import InputError, ProjectError
from .settings import expect, read_settings

if TYPE_CHECKING:
    from .bundle import Bundle
    from .config import Config

ENGINES = ("docker", "podman")


@dataclass(frozen=True)
class Settings:
    """The section `image` of mlops.yaml."""

    base: str = "auto"
    registry: str | None = None


@dataclass(frozen=True)
class Image:
    """An image. `reference` is how it is run: by its digest where it was pushed, else by its tag; `id` is a sha256."""

    reference: str
    id: str


def image_of(config: Config, bundle: Bundle) -> Image:
    """Return the image of an artifact; it is built, and pushed where there is a registry, unless it was before.

    Raises:
        InputError: there is no container engine, or a setting is wrong.
        ProjectError: it cannot be built or pushed, or is another one than was built.
    """
    settings = read_image_settings(config)
    note = config.root / "deployments" / "images" / f"{bundle.short}.json"
    if not note.is_file():
        image = _build(config, settings, bundle)
        note.parent.mkdir(parents=True, exist_ok=True)
        write_json(asdict(image), note)
        return image
    image = Image(**json.loads(note.read_text(encoding="utf-8")))
    if settings.registry is None and _id_of(image.reference) != image.id:
        raise ProjectError(
            f"The image {image.reference} of artifact {bundle.short} is not here any more, or is another one. Remove "
            f"{config.relative(note)} to build it again: it is then another image than the environments had."
        )
    return image


def read_image_settings(config: Config) -> Settings:
    settings = read_settings(config, "image", Settings)
    expect(isinstance(settings.base, str), "image.base", settings.base, "auto, or the name of an image")
    valid = settings.registry is None or isinstance(settings.registry, str)
    expect(valid, "image.registry", settings.registry, "null, or the address of a registry")
    return settings


def engine() -> str:
    """Return the container engine: what CONTAINER_ENGINE says, else docker or podman.

    Raises:
        InputError: there is none.
    """
    given = os.environ.get("CONTAINER_ENGINE")
    for name in [given] if given else ENGINES:
        if shutil.which(name):
            return name
    wanted = f"CONTAINER_ENGINE is {given}, which" if given else "Neither docker nor podman"
    raise InputError(f"{wanted} is not installed. Images are built and run with one of them: install docker or podman.")


def run_tool(*command: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run a command-line tool, and return what it said."""
    return subprocess.run(
        command, cwd=cwd, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL, env=dict(os.environ)
    )


def last_line(result: subprocess.CompletedProcess[str]) -> str:
    return last_lines(result, 1)


def last_lines(result: subprocess.CompletedProcess[str], count: int = 12) -> str:
    """Return what a tool said last."""
    lines = (result.stdout + "\n" + result.stderr).strip().splitlines()
    return "\n".join(lines[-count:]) if lines else f"exit code {result.returncode}"


def _build(config: Config, settings: Settings, bundle: Bundle) -> Image:
    base = settings.base
    if base == "auto":
        base = f"python:{sys.version_info.major}.{sys.version_info.minor}-slim-bookworm"
    prefix = "" if settings.registry is None else f"{settings.registry.rstrip('/')}/"
    tag = f"{prefix}{config.project.name}:{bundle.short}"
    print(f"Image      {tag} on {base}: being built", flush=True)
    # Podman's own format of images has no health check.
    form = ["--format", "docker"] if "podman" in engine() else []
    label = f"org.opencontainers.image.version={bundle.version}"
    arguments = ["--build-arg", f"PYTHON_IMAGE={base}", "--label", label, "--tag", tag, str(bundle.folder)]
    built = run_tool(engine(), "build", *form, *arguments)
    if built.returncode:
        raise ProjectError(f"The image could not be built:\n{last_lines(built)}")
    reference = tag if settings.registry is None else f"{tag.rpartition(':')[0]}@{_push(tag)}"
    image = Image(reference, _id_of(tag))
    print(f"Image      {image.reference}, {image.id[:19]}", flush=True)
    return image


def _push(tag: str) -> str:
    """Push an image, and return its digest in the registry."""
    with TemporaryDirectory() as temporary:
        file = Path(temporary) / "digest"
        into = ["--digestfile", str(file)] if "podman" in engine() else []
        pushed = run_tool(engine(), "push", *into, tag)
        if pushed.returncode:
            raise ProjectError(f"The image could not be pushed: {last_line(pushed)}")
        if into:
            return file.read_text(encoding="utf-8").strip()
    seen = run_tool(engine(), "image", "inspect", "--format", "{{index .RepoDigests 0}}", tag)
    return seen.stdout.strip().rpartition("@")[2]


def _id_of(reference: str) -> str:
    """Return the sha256 of an image that is here, else an empty text."""
    seen = run_tool(engine(), "image", "inspect", "--format", "{{.Id}}", reference)
    name = seen.stdout.strip()
    return "" if seen.returncode else f"sha256:{name.removeprefix('sha256:')}"
