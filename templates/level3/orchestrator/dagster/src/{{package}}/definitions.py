"""What Dagster is told of: the job of all steps, and the schedule that trains when there is new data."""

import itertools
import subprocess
import sys
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
from .daily import Schedule
from .dvc_command import run_dvc
from .errors import REFUSED, InputError
from .settings import read_settings
from .steps import STEPS
from .when import EXPECTED, parse_when


@dataclass(frozen=True)
class DagsterSettings:
    """The section `dagster` of mlops.yaml."""

    cron: str | None = None


CONFIG = load_config()
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
def make_candidate() -> None:
    """Do what `make trigger` does: with new data, a candidate. One that is refused is no failure of the schedule."""
    code = subprocess.run([sys.executable, "-m", str(__package__), "trigger"], cwd=CONFIG.root, check=False).returncode
    if code not in (0, REFUSED):
        raise Failure(f"trigger ended with {code}")


@job
def new_data() -> None:
    make_candidate()


def _schedule() -> ScheduleDefinition:
    cron = read_settings(CONFIG, "dagster", DagsterSettings).cron or _daily()
    return ScheduleDefinition(job=new_data, cron_schedule=cron, default_status=DefaultScheduleStatus.RUNNING)


def _daily() -> str:
    at = str(read_settings(CONFIG, "schedule", Schedule).at)
    when = parse_when(at)
    if when is None:
        raise InputError(f"mlops.yaml: schedule.at is {at!r}; expected {EXPECTED}.")
    return when.cron


steps = _steps()
defs = Definitions(jobs=[steps, new_data], schedules=[_schedule()])
