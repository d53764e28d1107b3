"""What the controller does to the project, each by the command that people have for it, too."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import datetime, timezone
from typing import TYPE_CHECKING

from . import registry, rollout, training_pipeline
from .artifact import load_artifact, read_metrics, read_reference
from .bounded import Bounded, HungError
from .comparison import Rows, compare_models
from .contract import load_contract
from .errors import OK, REFUSED, SCHEMA_SKEW, ProjectError
from .forecast import predictions_a_day
from .guard_challenger import CONCEPT_DRIFT
from .guard_rollout import Trialled, WayBack, allowing
from .labelled import write_labelled
from .labelled_split import write_plan
from .ledger import Entry, read_ledger, write_ledger
from .log import read_log
from .outcomes import read_features, read_outcomes
from .params import DEFAULT_ENVIRONMENT, choose_environment, read_parameters
from .proof import prove
from .rollout_plan import Guards, read_plan
from .rollout_state import read_rollout, stop_rollout, write_rollout
from .watch import compare_watched
from .worth import worth_by

if TYPE_CHECKING:
    import pandas as pd

    from .champion import Version
    from .comparison import Comparison
    from .config import Config
    from .contract import Contract
    from .guard_rollout import Watched
    from .policy import Policy
    from .rollout_state import Rollout

SECONDS_AN_HOUR = 3600.0
# A registry on another machine may never answer, and a turn that waits for it would keep out all others.
REGISTRY_SECONDS = 120.0


class DataRefusedError(ProjectError):
    """The collected data breaks the contract."""


def refresh_registry(config: Config) -> None:
    """Take over from the registry which versions are in use and proposed.

    Raises:
        ProjectError: it does not answer.
    """
    try:
        Bounded().call(lambda: registry.refresh(config), REGISTRY_SECONDS)
    except HungError:
        raise ProjectError(f"the registry has not answered within {REGISTRY_SECONDS:g} seconds") from None


class Hands:
    """Acts on a project. The service, where one runs, follows the files that these commands write."""

    def __init__(self, config: Config, policy: Policy) -> None:
        self._config = config
        self._policy = policy

    def champion(self) -> Version | None:
        return registry.champion(self._config)

    def challenger_since(self, at: str) -> Version | None:
        """Return the challenger, if it was trained after a time."""
        refresh_registry(self._config)
        version = registry.challenger(self._config)
        if version is None:
            return None
        made = datetime.fromisoformat(version.lineage["trained_at"])
        return version if made >= datetime.fromisoformat(at) else None

    def train(self, cause: str) -> None:
        """Collect what is new, labelled predictions with it, and run the pipeline, which goes on where it was stopped.

        Args:
            cause: why; after concept drift only new rows are learned from, where they are enough

        Raises:
            DataRefusedError: the data breaks the contract.
            ProjectError: the pipeline did not come to its end.
        """
        config = self._config
        count = write_labelled(config, load_contract(config))
        enough = count >= self._policy.training.min_new_labels
        write_plan(config, only_new=cause == CONCEPT_DRIFT and enough)
        choose_environment(config.root, DEFAULT_ENVIRONMENT)
        code = training_pipeline.collect(config)
        if code == SCHEMA_SKEW:
            raise DataRefusedError("what was collected breaks contract.yaml")
        if code == OK:
            code = training_pipeline.execute(config, DEFAULT_ENVIRONMENT, "the controller")
        if code not in (OK, REFUSED):
            raise ProjectError(f"the pipeline ended with exit code {code}")

    def compare(self, challenger: Version) -> Comparison:
        """Compare with the champion: on the newest rows, which test the challenger, and on the champion's own."""
        config, contract = self._config, load_contract(self._config)
        champion = registry.champion(config)
        assert champion is not None
        recent_outcomes, recent = read_reference(challenger.folder)
        old_outcomes, old = read_reference(champion.folder)
        return compare_models(
            load_artifact(champion.folder, contract).scorer,
            load_artifact(challenger.folder, contract).scorer,
            Rows(recent, recent_outcomes["actual"]),
            Rows(old, old_outcomes["actual"]),
            contract,
            self._policy,
            read_parameters(config.root).validation.slices,
            config.training.seed,
            worth_by(config, contract),
        )

    def rollout(self) -> Rollout | None:
        return read_rollout(self._config.root)

    def begin_shadow(self, version: int, distance: float) -> Rollout:
        """Let a version answer in shadow; scores may lie apart as far as the comparison explains it."""
        begun = rollout.start(self._config, self._config.root, "shadow", str(version))
        begun = replace(begun, guards=asdict(allowing(Guards(**begun.guards), distance)))
        write_rollout(self._config.root, begun)
        return begun

    def trialled(self, running: Rollout, now: datetime) -> Trialled:
        """Return how the candidate does at the present step."""
        tally = rollout.tallies(self._config.root, running)[running.candidate]
        hours = (now - datetime.fromisoformat(running.step_at)).total_seconds() / SECONDS_AN_HOUR
        problem = None if running.status != "stopped" else running.reason
        return Trialled(running.mode, running.percent, tally.answers, hours, problem)

    def min_answers(self) -> int:
        return read_plan(self._config).guards.min_answers

    def is_last_step(self, running: Rollout) -> bool:
        return running.mode == "canary" and running.percent >= 100

    def advance(self) -> Rollout:
        return rollout.advance(self._config, self._config.root)

    def stop(self, running: Rollout, reason: str) -> None:
        stop_rollout(self._config.root, running, reason)

    def way_back(self, drilled_at: str | None) -> WayBack:
        """Try the champion that would be gone back to, while it is still in use."""
        champion = registry.champion(self._config)
        if champion is None:
            return WayBack(None, None, None)
        age = None
        if drilled_at is not None:
            age = (datetime.now(timezone.utc) - datetime.fromisoformat(drilled_at)).total_seconds() / 86_400
        try:
            prove(champion.folder)
        except ProjectError as error:
            return WayBack(champion.number, str(error), age)
        return WayBack(champion.number, None, age)

    def watched(self, version: int, before: int) -> Watched | None:
        """Compare the champion with the version before, on the labelled predictions of the champion."""
        contract = load_contract(self._config)
        pair = self._both(contract, version, before)
        return None if pair is None else compare_watched(*pair, self._config.project.task, contract.positive)

    def settle(self, decision: int, version: int, before: int, expected: float, cost: float) -> None:
        """Write to the ledger what the champion brings, beside the version before: on what is known by now.

        Nothing is written while roi.yaml does not say what predictions are worth.
        """
        config, contract = self._config, load_contract(self._config)
        pair = self._both(contract, version, before)
        value = worth_by(config, contract)
        if pair is None or value is None:
            return
        ours, theirs = (value(each) for each in pair)
        days = self._policy.money.horizon_days * predictions_a_day(pair[0])
        gained = (ours - theirs) / len(pair[0]) * days
        others = [each for each in read_ledger(config) if each.decision != decision]
        write_ledger(config, [*others, Entry(decision, version, expected, gained, cost)])

    def _both(self, contract: Contract, version: int, before: int) -> tuple[pd.DataFrame, pd.DataFrame] | None:
        """Return the labelled outcomes of the champion, and what the version before says of the same rows."""
        config = self._config
        champion, other = (registry.resolve(config, str(number)) for number in (version, before))
        scorer = load_artifact(other.folder, contract).scorer
        with read_log(config.prediction_log) as connection:
            period = read_metrics(champion.folder)["period"]
            outcomes = read_outcomes(connection, contract, period)
            is_own = outcomes["model_sha256"] == champion.lineage["sha256"]
            outcomes = outcomes[is_own & outcomes["actual"].notna()]
            if outcomes.empty:
                return None
            inputs = read_features(connection, contract, outcomes["prediction_id"])
        return outcomes, scorer.predict(inputs).assign(actual=outcomes["actual"].to_numpy())

    def roll_back(self, to: int) -> None:
        """Put the version before into use again."""
        version = registry.resolve(self._config, str(to))
        prove(version.folder)
        registry.set_alias(self._config, "champion", to)
