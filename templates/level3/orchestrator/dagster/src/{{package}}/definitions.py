"""What Dagster is told of: the job of all steps, and the schedule, which does what is due every day."""

import itertools
from dataclasses import dataclass
from typing import Any

from dagster import (
    DefaultScheduleStatus,
    Definitions,
    DependencyDefinition,
    Failure,
    GraphDefinition,
    In,
    JobDefinition,
    Nothing,
    OpDefinition,
    OpExecutionContext,
    Out,
    Output,
    ScheduleDefinition,
    job,
    op,
)

from .config import load_config
from .daily import Schedule, read_steps, run_step
from .dvc_command import run_dvc
from .errors import ALERT, NOT_ENOUGH_LABELS, OK, REFUSED, InputError
from .settings import read_settings
from .steps import STEPS
from .when import EXPECTED, parse_when


@dataclass(frozen=True)
class DagsterSettings:
    """The section `dagster` of mlops.yaml."""

    cron: str | None = None


CONFIG = load_config()
FINDINGS = (OK, ALERT, NOT_ENOUGH_LABELS, REFUSED)
QUIET = {"loggers": {"console": {"config": {"log_level": "ERROR"}}}}


def _op_name(step: str) -> str:
    return step.replace("-", "_")


def _op(step: str, *, is_first: bool) -> OpDefinition:
    """Return the op of a step, which begins when the one before has ended."""

    def run(_context: OpExecutionContext, _inputs: Any) -> Any:
        if run_dvc(CONFIG.root, "repro", "--quiet", "--single-item", step, says=True):
            raise Failure(f"the step {step} failed")
        yield Output(None, "result")

    return OpDefinition(
        compute_fn=run,
        name=_op_name(step),
        ins={} if is_first else {"before": In(Nothing)},
        outs={"result": Out(Nothing)},
    )


def _steps() -> JobDefinition:
    names = list(STEPS)
    graph = GraphDefinition(
        name="steps",
        node_defs=[_op(name, is_first=name == names[0]) for name in names],
        dependencies={
            _op_name(after): {"before": DependencyDefinition(_op_name(before), "result")}
            for before, after in itertools.pairwise(names)
        },
    )
    return graph.to_job(config=QUIET)


@op
def do_what_is_due(context: OpExecutionContext) -> None:
    """Do what `make daily` does. That a step has found something, as an alert, is no failure of the schedule."""
    codes = {step[0]: run_step(CONFIG, step) for step in read_steps(CONFIG)}
    context.log.info(f"exit codes: {codes}")
    failed = [name for name, code in codes.items() if code not in FINDINGS]
    if failed:
        raise Failure(f"failed: {', '.join(failed)}")


@job
def daily() -> None:
    do_what_is_due()


def _schedule() -> ScheduleDefinition:
    cron = read_settings(CONFIG, "dagster", DagsterSettings).cron or _when_due()
    return ScheduleDefinition(job=daily, cron_schedule=cron, default_status=DefaultScheduleStatus.RUNNING)


def _when_due() -> str:
    at = str(read_settings(CONFIG, "schedule", Schedule).at)
    when = parse_when(at)
    if when is None:
        raise InputError(f"mlops.yaml: schedule.at is {at!r}; expected {EXPECTED}.")
    return when.cron


steps = _steps()
defs = Definitions(jobs=[steps, daily], schedules=[_schedule()])
