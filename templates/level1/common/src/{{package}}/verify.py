"""Check that the model gives the expected output for its sample input, as on the machine that trained it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from . import artifact
from .contract import load_contract
from .errors import OK, ProjectError
from .predict import read_inputs
from .table import read_table

if TYPE_CHECKING:
    import argparse

    from .config import Config

# Between processors the last digits of a sum may differ.
TOLERANCE = 1e-6


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--models", type=Path, help="folder of the model (default: the one in use)")
    parser.epilog = "`make verify` does this in a second, clean environment that has only what predicting needs."


def run(config: Config, arguments: argparse.Namespace) -> int:
    contract = load_contract(config)
    folder = arguments.models or config.models
    model = artifact.load_artifact(folder, contract)
    path = folder / artifact.SAMPLE_INPUT
    inputs = read_inputs(read_table(path, contract), contract, path)
    expected = pd.read_csv(folder / artifact.EXPECTED_OUTPUT, dtype={"prediction": str})
    check_output(model.scorer.predict(inputs), expected)
    print(f"{len(expected)} sample rows give the expected output (model {model.sha256[:12]})")
    return OK


def check_output(actual: pd.DataFrame, expected: pd.DataFrame) -> None:
    """Compare predictions with the expected ones.

    Raises:
        ProjectError: names the first row and column that differ.
    """
    for column in expected.columns:
        for row, (got, wanted) in enumerate(zip(actual[column], expected[column], strict=True), start=1):
            if not _is_same(got, wanted):
                raise ProjectError(f"Sample row {row}: {column} is {got}, expected {wanted}.")


def _is_same(got: object, wanted: object) -> bool:
    if str(got) == str(wanted):
        return True
    try:
        return bool(np.isclose(float(str(got)), float(str(wanted)), rtol=TOLERANCE, atol=TOLERANCE))
    except ValueError:
        return False
