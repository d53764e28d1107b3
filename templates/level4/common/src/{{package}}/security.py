"""Look for secrets in the files of git and for known holes in what is installed, and list what that is.

reports/ci/sbom.json      every package that is installed, as CycloneDX
reports/ci/sbom-own.json  the packages of your own code, where it is called and has some
reports/ci/audit.json     what pip-audit has found
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from .artifact import write_json
from .errors import ERROR, OK, ProjectError, listing
from .fingerprint import OWN_LOCK
from .settings import expect, read_settings

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from .config import Config

# Written by tools, full of checksums.
NO_SECRETS = re.compile(r"(^|/)((mlops|uv|requirements(-own)?|dvc)\.lock|[^/]+\.(dvc|csv|gz|parquet|joblib))$")
AT_ONCE = 200


@dataclass(frozen=True)
class Settings:
    """The section `security` of mlops.yaml."""

    advisories: str = "pypi"
    unaudited: str = "warn"
    accepted: dict[str, str] = field(default_factory=dict)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = "Settings: the section security of mlops.yaml."


def run(config: Config, _arguments: argparse.Namespace) -> int:
    settings = read_settings(config, "security", Settings)
    is_known = settings.advisories in ("pypi", "osv") or settings.advisories.startswith(("http://", "https://"))
    expect(is_known, "security.advisories", settings.advisories, "pypi, osv, or a URL")
    expect(settings.unaudited in ("warn", "fail"), "security.unaudited", settings.unaudited, "warn or fail")
    expect(isinstance(settings.accepted, dict), "security.accepted", settings.accepted, "identifiers with reasons")
    (config.reports / "ci").mkdir(parents=True, exist_ok=True)
    findings = {}
    for name, check in CHECKS.items():
        try:
            findings[name] = {"passed": True, "finding": check(config, settings)}
        except ProjectError as error:
            findings[name] = {"passed": False, "finding": str(error)}
        passed, finding = findings[name]["passed"], findings[name]["finding"]
        print(f"{'ok  ' if passed else 'FAIL'}  {name}: {finding}", flush=True)
    write_json(findings, config.reports / "ci" / "security.json")
    return OK if all(each["passed"] for each in findings.values()) else ERROR


def check_secrets(config: Config, _settings: Settings) -> str:
    """No file of git looks as if it held a secret. `# pragma: allowlist secret` in a line says that it does not."""
    files = [each for each in _files_of_git(config.root) if not NO_SECRETS.search(each)]
    told = []
    for start in range(0, len(files), AT_ONCE):
        command = [sys.executable, "-m", "detect_secrets.pre_commit_hook"]
        command += ["--disable-plugin", "Base64HighEntropyString", "--disable-plugin", "HexHighEntropyString"]
        result = _run(config, [*command, *files[start : start + AT_ONCE]])
        if result.returncode:
            told += re.findall(r"^Location: +(.+)$", result.stdout, re.MULTILINE) or [result.stderr.strip()[-300:]]
    if told:
        raise ProjectError(f"secrets in {', '.join(told)}")
    return f"none in {len(files):,} files"


def check_dependencies(config: Config, settings: Settings) -> str:
    """No package that is installed has a hole that is known and not accepted."""
    pins = _installed(config)
    audited: list[dict[str, Any]] = []
    # Two versions of a package are not asked about at once.
    for group in (pins, sorted(set(_locked_for_own_code(config)) - set(pins))):
        try:
            audited += _audit(config, settings, group) if group else []
        except ProjectError as error:
            return _not_audited(settings, str(error))
    write_json({"dependencies": audited}, config.reports / "ci" / "audit.json")
    known = [each for each in audited if "skip_reason" not in each]
    if not known:
        return _not_audited(settings, f"{settings.advisories} knows none of the packages")
    holes = [_describe(each, hole, settings) for each in known for hole in each["vulns"]]
    open_holes = [each for each in holes if each is not None]
    if open_holes:
        raise ProjectError(f"known holes: {'; '.join(open_holes)}")
    skipped = len(audited) - len(known)
    note = f", {skipped} are unknown there" if skipped else ""
    accepted = f", {len(holes)} accepted" if holes else ""
    return f"no known hole in {len(known):,} packages{accepted}{note}"


def list_packages(config: Config, _settings: Settings) -> str:
    """Write the software bill of materials."""
    found = [_list_into(config, "sbom.json", "environment", sys.executable)]
    if _locked_for_own_code(config):
        found.append(_list_into(config, "sbom-own.json", "requirements", OWN_LOCK))
    return ", ".join(found)


CHECKS: dict[str, Callable[[Config, Settings], str]] = {
    "secrets": check_secrets,
    "dependencies": check_dependencies,
    "packages": list_packages,
}
# slot: checks


def _list_into(config: Config, name: str, kind: str, source: str) -> str:
    path = config.reports / "ci" / name
    result = _run(config, [sys.executable, "-m", "cyclonedx_py", kind, "--output-file", str(path), source])
    if result.returncode:
        raise ProjectError(f"cyclonedx-py failed: {result.stderr.strip()[-300:]}")
    count = len(json.loads(path.read_text(encoding="utf-8")).get("components", []))
    return f"{count:,} packages in {config.relative(path)}"


def _audit(config: Config, settings: Settings, pins: list[tuple[str, str]]) -> list[dict[str, Any]]:
    """Return what pip-audit knows of packages.

    Raises:
        ProjectError: it could not ask.
    """
    with TemporaryDirectory() as temporary:
        requirements = Path(temporary) / "requirements.txt"
        requirements.write_text("".join(f"{name}=={version}\n" for name, version in pins), encoding="utf-8")
        service = ["-s", "pypi"] if settings.advisories == "pypi" else ["-s", "osv"]
        if settings.advisories.startswith("http"):
            service += ["--osv-url", settings.advisories]
        command = [sys.executable, "-m", "pip_audit", "--disable-pip", "--no-deps", "--progress-spinner", "off"]
        command += ["--format", "json", "--timeout", "20", *service, "--requirement", str(requirements)]
        result = _run(config, command)
    try:
        audited: list[dict[str, Any]] = json.loads(result.stdout)["dependencies"]
    except (ValueError, KeyError, TypeError) as error:
        lines = result.stderr.strip().splitlines()
        raise ProjectError(lines[-1] if lines else "pip-audit says nothing") from error
    return audited


def _not_audited(settings: Settings, reason: str) -> str:
    message = f"NOT AUDITED: {reason}"
    if settings.unaudited == "fail":
        raise ProjectError(message)
    return f"{message} (security.unaudited in mlops.yaml is warn)"


def _describe(package: dict[str, Any], hole: dict[str, Any], settings: Settings) -> str | None:
    names = [hole["id"], *hole.get("aliases", [])]
    if any(name in settings.accepted for name in names):
        return None
    mended = ", ".join(hole.get("fix_versions", [])) or "no version yet"
    return f"{package['name']} {package['version']} has {hole['id']}, mended in {mended}"


def _installed(config: Config) -> list[tuple[str, str]]:
    found = {(each.metadata["Name"], each.version) for each in metadata.distributions()}
    return sorted((name, version) for name, version in found if name and name != config.project.name)


def _locked_for_own_code(config: Config) -> list[tuple[str, str]]:
    """Return the packages of your own code, where it is called and has some."""
    lock = config.root / OWN_LOCK
    lines = lock.read_text(encoding="utf-8").splitlines() if lock.is_file() else []
    pins = [line.partition("==") for line in lines if not line.startswith("#")]
    return [(name, version) for name, is_pinned, version in pins if is_pinned]


def _files_of_git(root: Path) -> list[str]:
    """Return the files that are in git or would be added; outside of git those of the folders that people write."""
    result = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=root,
        capture_output=True,
        check=False,
    )
    if result.returncode == 0:
        names = result.stdout.decode().split("\0")
        return sorted(name for name in names if name and (root / name).is_file())
    folders = ("src", "scripts", "tests", "docs", "notebooks", "environments")
    files = [each for name in folders for each in (root / name).rglob("*") if each.is_file()]
    files += [each for each in root.iterdir() if each.is_file()]
    if not files:
        raise ProjectError(f"there are no files in {listing([root])}")
    return sorted(each.relative_to(root).as_posix() for each in files)


def _run(config: Config, command: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=config.root, capture_output=True, text=True, check=False)
