"""Processes that run your own code: one for each training, and one that stays and predicts for each model."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
import tempfile
import threading
import weakref
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import own_worker
from .errors import InputError, ProjectError
from .own_files import unpack
from .own_settings import SETTINGS_FILE, project_folder

if TYPE_CHECKING:
    from .contract import Source
    from .own_settings import OwnSettings

# Taken now: the file may be gone when a model that was loaded from elsewhere is first asked.
WORKER = Path(str(own_worker.__file__)).read_text(encoding="utf-8")
LAST_LINES = 12
# Where `make setup` installs what `own.requirements` names.
ENVIRONMENT = Path(".venv-own") / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def run_training(settings: OwnSettings, source: Source, folder: Path, threads: int, seed: int) -> bytes:
    """Run the training code in a folder that holds its files and its data, and return the model's file.

    Raises:
        ProjectError: it failed, or left no model.
    """
    variables = {"TRAINING_DATA": str(folder / settings.data), "TRAINING_SEED": str(seed)}
    output = ""
    for command in training_commands(settings, source, seed):
        done = subprocess.run(
            command,
            cwd=folder,
            env=environment(folder, threads) | variables,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        output += done.stdout.decode("utf-8", "replace")
        if done.returncode != 0:
            raise ProjectError(
                f"Your training code, own.train in {SETTINGS_FILE}, ended with {done.returncode}:\n{_last(output)}"
            )
    model = _made_model(folder, settings)
    if model is None:
        raise ProjectError(
            f"Your training code, own.train in {SETTINGS_FILE}, wrote no {settings.model}, as own.model says:\n"
            f"{_last(output)}"
        )
    return model.read_bytes()


def _made_model(folder: Path, settings: OwnSettings) -> Path | None:
    """Return the file that training has left the model in; of several that a pattern names, the newest."""
    exact = folder / model_file(settings)
    found = [exact] if exact.is_file() else [path for path in folder.glob(settings.model) if path.is_file()]
    return max(found, key=lambda path: path.stat().st_mtime_ns, default=None)


def model_file(settings: OwnSettings) -> str:
    """Return the place of the model's file in a copy of your code: of a pattern, the name that it ends with."""
    return settings.model if "*" not in settings.model else settings.model.rpartition("/")[2].replace("*", "model")


def training_commands(settings: OwnSettings, source: Source, seed: int) -> list[list[str]]:
    """Return the commands that train, for each way to name it: a function, a notebook, a script, commands with &&."""
    python, train = interpreter(settings.python), settings.train
    is_script = train.endswith(".py") and "&&" not in train and not train.startswith("python")
    kind = "train" if own_worker.is_function(train) else "notebook" if train.endswith(".ipynb") else "script"
    if kind != "script" or is_script:
        order = {"do": kind, "train": train, "seed": seed} | facts_of(settings, source)
        return [[*python, "-c", WORKER, json.dumps(order)]]
    words = {"data": settings.data, "model": model_file(settings)}
    commands = [[own_worker.fill(word, words) for word in shlex.split(each)] for each in train.split("&&")]
    return [_with_python(command, python) for command in commands]


def _with_python(command: list[str], python: list[str]) -> list[str]:
    first, *rest = command
    if first in ("python", "python3"):
        return [*python, *rest]
    return [*python, first, *rest] if first.endswith(".py") else command


def facts_of(settings: OwnSettings, source: Source) -> dict[str, Any]:
    """Return what the process has to know of files."""
    return {
        "data": settings.data,
        "model": model_file(settings),
        "delimiter": source.delimiter,
        "decimal": source.decimal,
        "encoding": source.encoding,
        "suffix": Path(settings.data).suffix or ".csv",
    }


def environment(folder: Path, threads: int) -> dict[str, str]:
    """Return the environment variables of a process: modules are found as from the top of your repository."""
    return {
        **{name: value for name, value in os.environ.items() if name not in ("PYTHONHOME", "VIRTUAL_ENV")},
        "PYTHONPATH": os.pathsep.join([str(folder), str(folder / "src")]),
        # So that sets come in the same order each time, and sums too.
        "PYTHONHASHSEED": "0",
        "OMP_NUM_THREADS": str(threads),
        "PYTHONIOENCODING": "utf-8",
    }


def interpreter(python: str | None) -> list[str]:
    """Return the command of the Python that your code runs with.

    A copy of the project, such as a deployment, has no environment of its own: there it is the one beside .venv.
    """
    home = project_folder(Path.cwd())
    if python is None:
        places = (home, Path(sys.prefix).resolve().parent)
        return [next((str(place / ENVIRONMENT) for place in places if (place / ENVIRONMENT).exists()), sys.executable)]
    first, *rest = shlex.split(python)
    return [str(home / first) if (home / first).exists() else first, *rest]


class Predictor:
    """A process that predicts with one model. It is started when it is first asked, once in each process that asks."""

    def __init__(self, settings: OwnSettings, source: Source, code: bytes, model: bytes) -> None:
        self._settings, self._source, self._code, self._model = settings, source, code, model
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._started_by = 0

    def ask(self, csv: str) -> dict[str, Any]:
        """Return the answer for rows.

        Raises:
            InputError: your code failed on these rows.
            ProjectError: it came to an end; the message has the last of what it said.
        """
        with self._lock:
            if self._process is None or self._started_by != os.getpid() or self._process.poll() is not None:
                self._start()
            process = self._process
            assert process is not None and process.stdin is not None and process.stdout is not None
            try:
                process.stdin.write(json.dumps({"csv": csv}).encode() + b"\n")
                process.stdin.flush()
                line = process.stdout.readline()
            except OSError:
                line = b""
        if not line:
            self._said.seek(0)
            said = self._said.read().decode("utf-8", "replace")
            raise ProjectError(f"Your prediction code, own.predict in {SETTINGS_FILE}, came to an end:\n{_last(said)}")
        answer: dict[str, Any] = json.loads(line)
        if "error" in answer:
            raise InputError(f"Your model cannot answer these rows: {answer['error']}")
        return answer

    def _start(self) -> None:
        settings = self._settings
        self._folder = tempfile.TemporaryDirectory(prefix="own-code-")
        folder = Path(self._folder.name)
        unpack(self._code, folder)
        model = folder / model_file(settings)
        model.parent.mkdir(parents=True, exist_ok=True)
        model.write_bytes(self._model)
        order = {"do": "predict", **facts_of(settings, self._source)}
        order |= {name: getattr(settings, name) for name in ("predict", "features", "predictions")}
        self._said = tempfile.TemporaryFile()  # noqa: SIM115
        self._process = subprocess.Popen(
            [*interpreter(settings.python), "-c", WORKER, json.dumps(order)],
            cwd=folder,
            env=environment(folder, 1),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._said,
        )
        self._started_by = os.getpid()
        weakref.finalize(self, _end, self._process, self._started_by)


def _end(process: subprocess.Popen[bytes], started_by: int) -> None:
    """Let a process come to its end: it stops when nothing more can come in."""
    if os.getpid() != started_by:
        return
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            pipe.close()
    process.terminate()
    process.wait(10)


def _last(output: str) -> str:
    return "\n".join(f"  {line}" for line in output.strip().splitlines()[-LAST_LINES:]) or "  (it said nothing)"
