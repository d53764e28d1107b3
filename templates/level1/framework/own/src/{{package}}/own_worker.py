"""What runs your own code, in a process of its own and in a copy of your files; own_process.py starts it.

It uses nothing of this package, so that your code may have another Python and other versions of its libraries. It is
told what to do by one JSON object; as a predictor it answers one line of JSON for each line that comes in.
"""

from __future__ import annotations

import importlib
import inspect
import io
import json
import os
import pickle
import random
import runpy
import shlex
import subprocess
import sys
import tempfile
import traceback
from contextlib import suppress
from pathlib import Path

PICKLED = (".pkl", ".pickle", ".joblib", ".sav", ".bin", "")


def main(order: str) -> int:
    # What your code prints must not come between the answers.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    settings = json.loads(order)
    if settings["do"] != "predict":
        seed(settings["seed"])
    if settings["do"] == "script":
        run_script(settings["train"])
    elif settings["do"] == "notebook":
        run_notebook(settings["train"])
    elif settings["do"] == "train":
        train(settings)
    else:
        answer_all(settings, answers)
    return 0


def seed(number):
    """Let code that sets no seed of its own draw the same numbers each time."""
    random.seed(number)
    with suppress(ImportError):
        import numpy as np

        np.random.seed(number)


def train(settings):
    """Call a function with the rows, or with nothing if it takes nothing; what it returns is the model."""
    made = call(find(settings["train"]), read_file(settings))
    if made is not None:
        path = Path(settings["model"])
        path.parent.mkdir(parents=True, exist_ok=True)
        save(made, path)


def run_script(path):
    sys.argv = [path]
    sys.path.insert(0, str(Path(path).resolve().parent))
    runpy.run_path(path, run_name="__main__")


def run_notebook(path):
    """Run the code cells of a notebook, one after the other; lines for the shell and for IPython are left out."""
    space = {"__name__": "__main__"}
    cells = json.loads(Path(path).read_text(encoding="utf-8"))["cells"]
    for number, cell in enumerate(cells, start=1):
        source = "".join(cell["source"])
        if cell["cell_type"] != "code" or source.lstrip().startswith("%%"):
            continue
        lines = ["" if line.lstrip()[:1] in ("%", "!", "?") else line for line in source.split("\n")]
        exec(compile("\n".join(lines), f"{path}, cell {number}", "exec"), space)


def answer_all(settings, answers):
    predict = predictor(settings)
    for line in sys.stdin:
        try:
            answer = predict(json.loads(line)["csv"])
        except Exception as error:
            answer = {"error": describe(error)}
        answers.write(json.dumps(answer, default=str) + "\n")
        answers.flush()


def describe(error):
    """Return what went wrong, in one line, and where in your code."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if "site-packages" not in frame.filename and frame.filename != "<string>"]
    place = f" ({Path(own[-1].filename).name}:{own[-1].lineno})" if own else ""
    message = str(error.args[0]) if isinstance(error, KeyError) and error.args else str(error)
    return f"{type(error).__name__}: {(message.strip() or 'no message').splitlines()[0]}{place}"


def predictor(settings):
    """Return a function from CSV text to an answer: `values`, with `classes` where they are known, or `columns`."""
    predict = settings["predict"]
    if predict and is_function(predict):
        function = find(predict)
        wants_model = required(function) > 1
        model = load(Path(settings["model"])) if wants_model else None
        return lambda text: plain(function(*([model] if wants_model else []), read_text(text, settings)))
    if predict:
        return lambda text: run_command(text, settings)
    model = load(Path(settings["model"]))
    features = find(settings["features"]) if settings["features"] else lambda rows: named_inputs(model, rows)
    return lambda text: ask(model, features(read_text(text, settings)))


def ask(model, inputs):
    if hasattr(model, "predict_proba"):
        classes = [str(label) for label in model.classes_]
        return {"values": model.predict_proba(inputs).tolist(), "classes": classes}
    return plain(model.predict(inputs))


def named_inputs(model, rows):
    """Return the columns that a model was fitted on, where it knows them."""
    last = model.steps[-1][1] if hasattr(model, "steps") else model
    names = getattr(model, "feature_names_in_", getattr(last, "feature_names_in_", None))
    if names is None:
        return rows
    missing = [str(name) for name in names if name not in rows.columns]
    if missing:
        raise KeyError(
            f"the model was fitted on {', '.join(missing[:5])}, and the rows have no such column: "
            "say with own.features or own.predict of mlops.yaml how your code makes them"
        )
    return rows[list(names)]


def run_command(text, settings):
    with tempfile.TemporaryDirectory() as folder:
        source, made = Path(folder, "rows" + settings["suffix"]), Path(folder, "predictions.csv")
        source.write_text(text, encoding=settings["encoding"], newline="")
        words = {"input": str(source), "output": str(made), "model": settings["model"]}
        command = [fill(word, words) for word in shlex.split(settings["predict"])]
        if command[0] in ("python", "python3"):
            command[0] = sys.executable
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError(f"it ended with {done.returncode}: {(done.stderr or done.stdout)[-800:]}")
        path = Path(settings["predictions"]) if settings["predictions"] else made
        if not path.is_file():
            raise FileNotFoundError(f"it wrote no {settings['predictions'] or '{output}'}")
        given = read_text(text, settings).columns
        written = read_table(path, settings)
        path.unlink()
    return {"columns": {str(name): written[name].tolist() for name in written if name not in given}}


def fill(word, words):
    for name, value in words.items():
        word = word.replace("{" + name + "}", value)
    return word


def plain(made):
    """Return what a function has made as lists: a table by column, anything else as values."""
    if hasattr(made, "columns"):
        return {"columns": {str(name): made[name].tolist() for name in made.columns}}
    return {"values": made.tolist() if hasattr(made, "tolist") else list(made)}


def find(name):
    module, _, function = name.partition(":")
    return getattr(importlib.import_module(module), function)


def is_function(text):
    module, colon, function = text.partition(":")
    return colon == ":" and function.isidentifier() and all(part.isidentifier() for part in module.split("."))


def call(function, table):
    return function(table) if required(function) else function()


def required(function):
    """Return how many arguments a function cannot do without."""
    parameters = inspect.signature(function).parameters.values()
    places = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return sum(each.kind in places and each.default is inspect.Parameter.empty for each in parameters)


def read_file(settings):
    return read_table(Path(settings["data"]), settings)


def read_table(path, settings):
    import pandas as pd

    if path.suffix in (".parquet", ".pq"):
        return pd.read_parquet(path)
    return pd.read_csv(path, sep=settings["delimiter"], decimal=settings["decimal"], encoding=settings["encoding"])


def read_text(text, settings):
    import pandas as pd

    return pd.read_csv(io.StringIO(text), sep=settings["delimiter"], decimal=settings["decimal"])


def load(path):
    """Load a pickled model; of one in another form the path is handed over."""
    if path.suffix not in PICKLED:
        return str(path)
    try:
        import joblib
    except ImportError:
        return pickle.loads(path.read_bytes())
    return joblib.load(path)


def save(model, path):
    try:
        import joblib
    except ImportError:
        path.write_bytes(pickle.dumps(model))
    else:
        joblib.dump(model, path)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1]))
