"""Let a simple rule answer in place of the model, in the running service too, and go back.

The rule becomes a version of its own that takes the place of the champion, so it is swapped in and out as any version
is, its predictions are logged, and `make rollback` is another way back. The controller is frozen meanwhile.
"""

from __future__ import annotations

import shutil
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from sklearn.pipeline import Pipeline
from threadpoolctl import threadpool_limits

from . import registry
from .artifact import load_artifact, write_json
from .champion import Version, alias_file, read_alias, version_folder
from .contract import load_contract
from .data import load_dataset
from .decision import freeze_of, read_decisions
from .derive import derive
from .errors import InputError
from .fallback import make_fallback
from .model_validation import Check
from .override import freeze, record, unfreeze
from .scorer import DEFAULT_THRESHOLD, Scorer

if TYPE_CHECKING:
    from pathlib import Path

    from .config import Config
    from .decision import Recorded

FALL_BACK = "FALL_BACK"
RESUME = "RESUME"
FROZEN_BY = "the fall-back"


@dataclass(frozen=True)
class Fallen:
    """Where a rule answers, in place of which version."""

    rule: int
    instead_of: int
    root: str


def fall_back(config: Config, root: Path, who: str, reason: str) -> None:
    """Let the rule of fallback.py answer.

    Raises:
        InputError: there is no champion, or the rule answers already.
    """
    before = _in_use(root)
    if fallen_at(config, root) is not None:
        raise InputError("The rule of fallback.py answers already. Back: make act ACTION=resume.")
    rule = _rule_version(config, before)
    _answer_with(config, root, rule, before)
    fallen = Fallen(rule.number, before.number, _name(config, root))
    action = f"version {rule.number}, the rule of fallback.py, answers in place of version {before.number}"
    record(config, FALL_BACK, who, reason, action=action, **asdict(fallen))
    if freeze_of(read_decisions(config)) is None:
        freeze(config, who, f"{FROZEN_BY} answers: {reason}")


def resume(config: Config, root: Path, who: str, reason: str) -> None:
    """Let the version answer that was in use before the fall-back.

    Raises:
        InputError: no rule answers.
    """
    fallen = fallen_at(config, root)
    if fallen is None:
        raise InputError("The model answers; there was no fall-back to come back from.")
    version = registry.resolve(config, str(fallen.instead_of))
    _answer_with(config, root, version, None)
    action = f"version {version.number} answers again, in place of version {fallen.rule}"
    record(config, RESUME, who, reason, action=action, **asdict(fallen))
    frozen = freeze_of(read_decisions(config))
    if frozen is not None and frozen.reason.startswith(FROZEN_BY):
        unfreeze(config, who, reason)


def fallen_at(config: Config, root: Path) -> Fallen | None:
    """Return the fall-back that holds in a folder that a service runs in, or None."""
    name = _name(config, root)
    marks = [each for each in read_decisions(config) if each.decision in (FALL_BACK, RESUME)]
    last = next((each for each in reversed(marks) if each.evidence["root"] == name), None)
    if last is None or last.decision == RESUME:
        return None
    fallen, now_in_use = _fallen(last), read_alias(root)
    # Whoever has promoted or rolled back since has ended it.
    return fallen if now_in_use is not None and now_in_use.number == fallen.rule else None


def _rule_version(config: Config, base: Version) -> Version:
    contract = load_contract(config)
    dataset, scorer = load_dataset(config, contract), load_artifact(base.folder, contract).scorer
    *steps, (name, _) = scorer.pipeline.steps
    features = Pipeline(steps).transform(dataset.inputs)
    with threadpool_limits(config.training.threads):
        rule = make_fallback(scorer.task).fit(features, dataset.target)
    simple = Scorer(Pipeline([*steps, (name, rule)]), scorer.task, scorer.classes, DEFAULT_THRESHOLD)
    # It must never be promoted as a model, so it counts as refused.
    check = Check("fall-back", False, "a rule that answers while the model must not")
    return registry.resolve(config, str(derive(config, base, simple, "fall-back", [check], ("fallback",)).number))


def _answer_with(config: Config, root: Path, version: Version, instead_of: Version | None) -> None:
    """Let a version answer in a folder: the service there takes it over within a second."""
    if root == config.root:
        if instead_of is not None:
            registry.replace_champion(config, version, instead_of)
        else:
            registry.set_alias(config, "champion", version.number)
        return
    inside = version_folder(root, version.number)
    shutil.copytree(version.folder, inside, dirs_exist_ok=True)
    content = {
        "version": version.number,
        "run_id": version.run_id,
        "folder": inside.relative_to(root).as_posix(),
        "lineage": version.lineage,
    }
    write_json(content, alias_file(root))


def _in_use(root: Path) -> Version:
    version = read_alias(root)
    if version is None:
        raise InputError("No version is in use, so there is nothing to fall back from.")
    return version


def _name(config: Config, root: Path) -> str:
    return root.relative_to(config.root).as_posix()


def _fallen(recorded: Recorded) -> Fallen:
    return Fallen(**{name: recorded.evidence[name] for name in ("rule", "instead_of", "root")})
