"""Check that a version of the model predicts exactly what it did when it was made, on all of its test rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from . import registry
from .artifact import load_artifact, read_reference
from .errors import OK, ProjectError
from .verify import TOLERANCE

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    from .config import Config


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("version", nargs="?", default="champion", help="number or alias (default: champion)")


def run(config: Config, arguments: argparse.Namespace) -> int:
    version = registry.resolve(config, arguments.version)
    print(f"Proof      {prove(version.folder)}")
    return OK


def prove(folder: Path) -> str:
    """Predict for the test rows of a version again, and say how near that is to what was recorded.

    Raises:
        ProjectError: a prediction is another one, as with other libraries than the version was made with.
    """
    outcomes, inputs = read_reference(folder)
    now = load_artifact(folder).scorer.predict(inputs)
    scores, recorded = now["score"].to_numpy(dtype="float64"), outcomes["score"].to_numpy(dtype="float64")
    count = f"{len(now):,} golden predictions of version {folder.name}"
    if np.array_equal(scores, recorded) and now["prediction"].tolist() == outcomes["prediction"].tolist():
        return f"{count} are exactly the recorded ones"
    differing = ~np.isclose(scores, recorded, rtol=TOLERANCE, atol=TOLERANCE)
    if differing.any():
        row = int(differing.argmax())
        raise ProjectError(
            f"{int(differing.sum()):,} of the {count} are other ones than recorded, the first in row {row + 1}: "
            f"{scores[row]:.6g}, was {recorded[row]:.6g}."
        )
    return f"{count} are the recorded ones, up to {np.abs(scores - recorded).max():.1g}"
