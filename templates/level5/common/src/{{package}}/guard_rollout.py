"""G6 to G8: shadow, canary, and the way back."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING

from .decision import CONTINUE, KEEP_CHAMPION, ROLLBACK
from .finding import Finding

if TYPE_CHECKING:
    from .policy import Policy
    from .rollout_plan import Guards

# How much further than on recent rows the scores of both models may lie apart in a rollout.
DISTANCE = 0.1


@dataclass(frozen=True)
class Trialled:
    """A challenger in a rollout: rows it has answered at this step, for how long, and what is wrong with it."""

    mode: str
    percent: float
    answers: int
    hours: float
    problem: str | None


@dataclass(frozen=True)
class WayBack:
    """What a rollback needs. `drill_days` is the age of the last exercise, None where there was none."""

    version: int | None
    proof: str | None
    drill_days: float | None


@dataclass(frozen=True)
class Watched:
    """The new champion on mature labels, beside what the one before says about the same rows; errors are means."""

    rows: int
    error: float
    error_before: float
    surely_worse: bool


def shadow_is_well(trialled: Trialled, policy: Policy) -> Finding:
    """G6: nobody has seen its answers yet, so nothing is lost by leaving it there."""
    evidence = asdict(trialled)
    if trialled.problem is not None:
        return Finding(KEEP_CHAMPION, f"in shadow, {trialled.problem}", evidence)
    limits = policy.shadow
    if trialled.answers < limits.rows or trialled.hours < limits.hours:
        reason = (
            f"in shadow for {trialled.hours:.1f} of {limits.hours:g} hours, with {trialled.answers:,} of "
            f"{limits.rows:,} rows"
        )
        return Finding(CONTINUE, reason, evidence)
    return Finding(evidence=evidence)


def canary_is_well(trialled: Trialled, policy: Policy, min_answers: int) -> Finding:
    """G7: at each step long enough, with enough answers, and nothing wrong."""
    evidence = asdict(trialled)
    if trialled.problem is not None:
        return Finding(ROLLBACK, f"at {trialled.percent:g} % of the keys, {trialled.problem}", evidence)
    if trialled.answers < min_answers or trialled.hours < policy.canary.hours:
        reason = (
            f"at {trialled.percent:g} % for {trialled.hours:.1f} of {policy.canary.hours:g} hours, with "
            f"{trialled.answers:,} of {min_answers:,} rows"
        )
        return Finding(CONTINUE, reason, evidence)
    return Finding(evidence=evidence)


def there_is_a_way_back(way: WayBack, policy: Policy) -> Finding:
    """G8: the version before is kept, works, and going back was exercised lately."""
    evidence = asdict(way)
    if way.version is None:
        return Finding(KEEP_CHAMPION, "promotion is refused: no version is kept that one could go back to", evidence)
    if way.proof is not None:
        reason = f"promotion is refused: version {way.version}, which one would go back to, does not work: {way.proof}"
        return Finding(KEEP_CHAMPION, reason, evidence)
    if way.drill_days is None or way.drill_days > policy.rollback.drill_days:
        when = "never" if way.drill_days is None else f"{way.drill_days:.0f} days ago"
        reason = (
            f"promotion is refused: going back was last exercised {when}, and {policy.rollback.drill_days:g} days is "
            "the limit: make rollback-drill"
        )
        return Finding(KEEP_CHAMPION, reason, evidence)
    return Finding(evidence=evidence)


def champion_proves_itself(watched: Watched) -> Finding:
    """G8, after the promotion: on mature labels, it is no worse than the version before would have been."""
    evidence = asdict(watched)
    if watched.surely_worse:
        reason = (
            f"on {watched.rows:,} mature labels its error is {watched.error:.4g}; that of the version before would be "
            f"{watched.error_before:.4g}"
        )
        return Finding(ROLLBACK, reason, evidence)
    return Finding(evidence=evidence)


def allowing(guards: Guards, distance: float) -> Guards:
    """Let scores lie apart as far as the comparison on recent rows explains it, and a little more.

    After drift, a better model has to score unlike the champion; that alone must not stop it.
    """
    return replace(guards, max_score_distance=min(1.0, max(guards.max_score_distance, distance + DISTANCE)))
