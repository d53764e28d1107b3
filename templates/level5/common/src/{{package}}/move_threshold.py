"""Move the score from which a row counts as positive to where decisions are worth most, by roi.yaml: a new version."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from . import registry
from .artifact import load_artifact
from .contract import load_contract
from .derive import derive
from .errors import InputError, listing
from .mature import mature_rows
from .model_validation import Check
from .promote import RefusedError
from .roi import ROI_FILE
from .worth import best_threshold, open_values, value_at, worth_of_decisions

if TYPE_CHECKING:
    from pathlib import Path

    from .champion import Version
    from .config import Config
    from .derive import Derived


def move_threshold(config: Config, base: Version, log: Path) -> Derived:
    """Register a version of the champion with another threshold, as challenger.

    Raises:
        InputError: the target is not yes or no, or roi.yaml does not say what decisions are worth.
        RefusedError: another threshold is worth no more; nothing is registered.
    """
    if config.project.task != "binary":
        raise InputError(f"Only a binary target has a threshold; this one is {config.project.task}.")
    worth = _worth(config)
    scorer = load_artifact(base.folder, load_contract(config)).scorer
    known, judging = mature_rows(config, base, log).parts
    threshold = best_threshold(known.outcomes, scorer.classes[0], worth, scorer.threshold)
    before = value_at(judging.outcomes, scorer.classes[0], worth, scorer.threshold)
    after = value_at(judging.outcomes, scorer.classes[0], worth, threshold)
    finding = (
        f"threshold {threshold:.4g}, was {scorer.threshold:.4g}: decisions on the {len(judging.outcomes):,} newest "
        f"rows are worth {after:,.2f}, were {before:,.2f}"
    )
    print(f"Check      {finding}")
    if after <= before:
        raise RefusedError(f"Another threshold helps nothing: {finding}. No version was made.")
    derived = derive(config, base, replace(scorer, threshold=threshold), "threshold", [Check("value", True, finding)])
    if not derived.refusals:
        registry.set_alias(config, "challenger", derived.number)
    print("           the next training finds its own by roi.yaml, too; training.threshold in mlops.yaml fixes it")
    return derived


def _worth(config: Config) -> dict[str, float]:
    worth = worth_of_decisions(config)
    if worth is None:
        raise InputError(f"{ROI_FILE} does not say yet what decisions are worth: {listing(open_values(config))}.")
    return worth
