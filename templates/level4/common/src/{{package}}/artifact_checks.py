"""Make the checks of `cd-check` on an artifact: with its code, on the data and the targets of the project."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

from .errors import ProjectError
from .smoke import environment_of

if TYPE_CHECKING:
    from .bundle import Bundle
    from .config import Config


def check_artifact(config: Config, bundle: Bundle) -> None:
    """Run `cd-check` as the artifact has it; what it finds is printed.

    Raises:
        ProjectError: a check has failed, or could not be made.
    """
    report = config.reports / "cd-check.json"
    report.unlink(missing_ok=True)
    command = [sys.executable, "-m", str(__package__), "cd-check", str(bundle.version)]
    sys.stdout.flush()
    result = subprocess.run(command, cwd=config.root, env=environment_of(bundle.folder), check=False)
    if not report.is_file():
        raise ProjectError(f"cd-check could not be made (exit code {result.returncode}).")
    checks = json.loads(report.read_text(encoding="utf-8"))["checks"]
    failed = [f"{each['name']}: {each['finding']}" for each in checks if not each["passed"]]
    if failed:
        raise ProjectError(f"cd-check has failed. {'; '.join(failed)}.")
