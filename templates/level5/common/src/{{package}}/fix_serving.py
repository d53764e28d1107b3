"""Find out whether the service computes what the model says, deploy it anew, and ask it again."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from .case import read_case
from .causes_in_inputs import serving_skew
from .champion import read_alias, version_folder
from .contract import load_contract
from .environments import read_environment
from .errors import ALERT, OK, InputError, ProjectError
from .override import record
from .serve import read_service
from .smoke import compare_answers, wait_until_ready

if TYPE_CHECKING:
    from pathlib import Path

    from .config import Config

FIX_SERVING = "FIX_SERVING"
# So long the service may take to answer with the champion.
SECONDS = 15.0


def fix_serving(config: Config, log: Path, period: str, environment: str | None, who: str, reason: str) -> int:
    """Replay, deploy, replay; return ALERT where the service still answers something else.

    Raises:
        InputError: no version is in use.
        ProjectError: it could not be deployed.
    """
    contract = load_contract(config)
    skew = serving_skew(read_case(config, contract, log, period))
    print(f"Replay     {'; '.join(skew) or f'the logged answers of {period} are those of the model'}")
    if environment is not None:
        command = [sys.executable, "-m", str(__package__), "deploy", environment]
        if subprocess.run(command, cwd=config.root, check=False).returncode:
            raise ProjectError(f"It could not be deployed to {environment}; what answered before goes on.")
    version = read_alias(config.root)
    if version is None:
        raise InputError("No version is in use, so nothing says what the service should answer.")
    address = _address(config, environment)
    try:
        wait_until_ready(address, version.number, lambda: True, SECONDS)
        count = compare_answers(address, contract, version_folder(config.root, version.number))
    except ProjectError as error:
        print(f"Asked      {address}: {error}")
        still = str(error)
    else:
        print(f"Asked      {address}: {count} sample rows are answered as the model does")
        still = ""
    action = "deployed anew" if environment else "asked the service again"
    evidence = {"period": period, "replay": skew, "still": still}
    record(config, FIX_SERVING, who, reason, action=f"{action}: {still or 'it answers as the model does'}", **evidence)
    return ALERT if still else OK


def _address(config: Config, environment: str | None) -> str:
    if environment is not None:
        return f"http://127.0.0.1:{read_environment(config, environment).port}"
    settings = read_service(config)
    return f"http://{settings.host}:{settings.port}"
