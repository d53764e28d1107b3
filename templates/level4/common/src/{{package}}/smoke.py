"""Start an artifact by itself, and see that it answers its sample rows as the model did when it was made."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import httpx
import pandas as pd

from .artifact import EXPECTED_OUTPUT, SAMPLE_INPUT
from .config import load_config
from .contract import load_contract
from .errors import ProjectError
from .payload import as_json_rows
from .table import read_table
from .verify import check_output

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .bundle import Bundle
    from .contract import Contract

START_SECONDS = 90.0


def smoke(bundle: Bundle) -> str:
    """Try an artifact in a folder and on a port of its own, so that no log and no client sees it.

    Raises:
        ProjectError: it does not start, or answers otherwise.
    """
    with TemporaryDirectory(prefix="smoke-") as temporary:
        folder = Path(temporary) / "artifact"
        shutil.copytree(bundle.folder, folder)
        with _started(folder) as (address, process):
            wait_until_ready(address, bundle.version, lambda: process.poll() is None)
            contract = load_contract(load_config(folder))
            count = compare_answers(address, contract, folder / "models" / "versions" / str(bundle.version))
    return f"starts, and answers {count} sample rows as expected"


def wait_until_ready(address: str, version: int, lives: Callable[[], bool], seconds: float = START_SECONDS) -> None:
    """Wait until a service answers with this version, as long as its process lives.

    Raises:
        ProjectError: it does not in time.
    """
    deadline, finding = time.monotonic() + seconds, "no answer"
    while time.monotonic() < deadline:
        if not lives():
            raise ProjectError(f"The service with version {version} has ended before it was ready.")
        try:
            ready = httpx.get(f"{address}/readyz", timeout=5, trust_env=False)
            if ready.status_code == 200 and ready.json()["model_version"] == str(version):
                return
            finding = f"{ready.status_code} {ready.text[:200]}"
        except (httpx.HTTPError, ValueError, KeyError) as error:
            finding = str(error) or type(error).__name__
        time.sleep(0.1)
    raise ProjectError(f"{address}/readyz was not ready with version {version} after {seconds:.0f} s: {finding}.")


def environment_of(folder: Path) -> dict[str, str]:
    """Return the environment variables that let Python take the code of an artifact."""
    return {
        **os.environ,
        "PYTHONPATH": str(folder / "src"),
        "PYTHONDONTWRITEBYTECODE": "1",
        # slot: environment
    }


def compare_answers(address: str, contract: Contract, model: Path) -> int:
    """Ask a service the sample rows of the model in a folder, and return how many it answered as expected.

    Raises:
        ProjectError: it did not.
    """
    rows = as_json_rows(read_table(model / SAMPLE_INPUT, contract), contract)
    expected = pd.read_csv(model / EXPECTED_OUTPUT, dtype={"prediction": str})[["prediction", "score"]]
    answers = []
    for row in rows:
        response = httpx.post(f"{address}/predict", json=row, timeout=30, trust_env=False)
        if response.status_code != 200:
            raise ProjectError(f"The smoke test was answered with {response.status_code}: {response.text[:200]}.")
        answers.append(response.json())
    check_output(pd.DataFrame(answers)[["prediction", "score"]], expected)
    return len(rows)


@contextmanager
def _started(folder: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    port = _free_port()
    output = folder / "output.txt"
    command = [sys.executable, "-m", str(__package__), "serve", "--port", str(port), "--workers", "1"]
    with output.open("wb") as file:
        process = subprocess.Popen(command, cwd=folder, env=environment_of(folder), stdout=file, stderr=file)
    try:
        yield f"http://127.0.0.1:{port}", process
    except ProjectError as error:
        lines = output.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-1:]
        raise ProjectError(" ".join([str(error), *lines])) from error
    finally:
        process.terminate()
        process.wait()


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
