"""Estimate performance with NannyML: a JSON object a line in, one out. Runs in .nannyml, which `make estimator` makes.

First {"metric": …, "classes": […], "reference": FILE}, then {"rows": FILE} for each estimate.
"""

from __future__ import annotations

import json
import os
import sys
import warnings
from typing import Any

os.environ["NML_DISABLE_USAGE_LOGGING"] = "1"
os.environ["DO_NOT_TRACK"] = "1"
warnings.simplefilter("ignore")

import nannyml  # noqa: E402
import pandas as pd  # noqa: E402


def main() -> None:
    # What NannyML prints must not be taken for an answer.
    answers, sys.stdout = sys.stdout, sys.stderr
    request = json.loads(sys.stdin.readline())
    metric, classes = request["metric"], request["classes"]
    estimator = fit(metric, classes, prepared(request["reference"], classes))
    answer(answers, {"ready": True})
    for line in sys.stdin:
        rows = prepared(json.loads(line)["rows"], classes)
        result = estimator.estimate(rows).filter(period="analysis").to_df()[metric].iloc[0]
        answer(answers, {"value": float(result["value"]), "sampling_error": float(result["sampling_error"])})


def fit(metric: str, classes: list[str], reference: pd.DataFrame) -> Any:
    """Return an estimator of NannyML that has learned from the reference; all rows of an estimate are one chunk."""
    common: dict[str, Any] = {"metrics": [metric], "y_true": "actual", "y_pred": "prediction", "chunk_number": 1}
    if not classes:
        features = [name for name in reference.columns if name.startswith("feature ")]
        estimator: Any = nannyml.DLE(feature_column_names=features, **common)
    elif len(classes) == 2:
        estimator = nannyml.CBPE(y_pred_proba="score", problem_type="classification_binary", **common)
    else:
        scores = {label: f"score_{label}" for label in classes}
        estimator = nannyml.CBPE(y_pred_proba=scores, problem_type="classification_multiclass", **common)
    return estimator.fit(reference)


def prepared(path: str, classes: list[str]) -> pd.DataFrame:
    rows = pd.read_parquet(path)
    if len(classes) == 2:
        for name in {"actual", "prediction"} & set(rows.columns):
            rows[name] = (rows[name] == classes[0]).astype(int)
    return rows


def answer(answers: Any, content: dict[str, Any]) -> None:
    answers.write(json.dumps(content) + "\n")
    answers.flush()


if __name__ == "__main__":
    main()
