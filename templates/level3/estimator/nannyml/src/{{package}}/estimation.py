"""Which estimator of performance is used: NannyML, in the environment that `make estimator` makes, .nannyml.

It needs other packages than this project, and many, so scripts/nannyml_estimates.py runs as a process of its own.
"""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import numpy as np

from .errors import InputError, ProjectError
from .estimate import Estimate
from .reference import to_scale
from .table import write_table

if TYPE_CHECKING:
    import pandas as pd

    from .config import Config
    from .estimate import Estimator
    from .metrics import Metric

# What NannyML calls our metrics, where the names differ.
NAMES = {"macro_f1": "f1"}


def fit_estimator(
    config: Config, metric: Metric, classes: tuple[str, ...], reference: pd.DataFrame, features: pd.DataFrame
) -> Estimator:
    """Return an estimator that has learned from test rows.

    Args:
        classes: none for numbers; the positive one first where there are two
        reference: test rows with actual, prediction and score, and for more than two classes `score_CLASS` of each
        features: for numbers, what the model sees of these rows

    Raises:
        InputError: NannyML is not installed yet.
    """
    python = config.root / ".nannyml" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not python.is_file():
        raise InputError("NannyML, which estimates performance, is not installed yet. Run make estimator.")
    return NannyML(
        [str(python), str(config.root / "scripts" / "nannyml_estimates.py")], metric, classes, reference, features
    )


class NannyML:
    """CBPE for classes, DLE for numbers, by NannyML."""

    def __init__(
        self,
        command: list[str],
        metric: Metric,
        classes: tuple[str, ...],
        reference: pd.DataFrame,
        features: pd.DataFrame,
    ) -> None:
        self._metric = metric
        self._classes = classes
        self._folder = TemporaryDirectory()
        self._process = subprocess.Popen(
            command,
            env={**os.environ, "NML_DISABLE_USAGE_LOGGING": "1", "DO_NOT_TRACK": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        settings = {"metric": NAMES.get(metric.name, metric.name), "classes": list(classes)}
        self._ask(settings | {"reference": self._write(reference, features)})

    def __call__(self, predicted: pd.DataFrame, features: pd.DataFrame) -> Estimate:
        answer = self._ask({"rows": self._write(predicted, features)})
        value, error = float(answer["value"]), float(answer["sampling_error"])
        # The scale is not a straight line, so the error is looked at on both sides.
        ends = [to_scale(value + sign * error, self._metric) for sign in (-1, 1)]
        deviation = abs(ends[1] - ends[0]) / 2
        return Estimate(value, deviation if np.isfinite(deviation) else float("nan"))

    def _write(self, rows: pd.DataFrame, features: pd.DataFrame) -> str:
        columns = [name for name in ("actual", "prediction", "score") if name in rows.columns]
        columns += [f"score_{label}" for label in self._classes if f"score_{label}" in rows.columns]
        table = rows[columns].reset_index(drop=True)
        # Category codes are numbers to NannyML's model, too; names are numbered, for they may be anything.
        numbered = features.reset_index(drop=True).set_axis([f"feature {n}" for n in range(features.shape[1])], axis=1)
        for name in numbered.select_dtypes("category"):
            numbered[name] = numbered[name].cat.codes.astype("float64").where(numbered[name].notna())
        path = Path(self._folder.name) / "rows.parquet"
        write_table(table.join(numbered), path)
        return str(path)

    def _ask(self, request: dict[str, Any]) -> dict[str, Any]:
        assert self._process.stdin is not None and self._process.stdout is not None
        try:
            self._process.stdin.write(json.dumps(request) + "\n")
            self._process.stdin.flush()
            answer = self._process.stdout.readline()
        except BrokenPipeError:
            answer = ""
        if not answer:
            _, said = self._process.communicate()
            last = said.strip().splitlines()[-1:] or ["it said nothing"]
            raise ProjectError(f"NannyML could not estimate the {self._metric.label}: {last[0]}")
        content: dict[str, Any] = json.loads(answer)
        return content
