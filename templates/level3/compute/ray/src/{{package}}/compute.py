"""Where the work is done: on a Ray cluster, `compute.address` of mlops.yaml, or on all processors of this machine.

Its nodes need the same Python and the same packages, for instance the environment of uv.lock; the code of this project
is brought to them. What a node was at when it went away is done again on another.
"""

from __future__ import annotations

import os
import socket
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, cast

import pandas as pd
import yaml
from threadpoolctl import threadpool_limits

from .artifact import library_versions
from .errors import ProjectError, shorten
from .params import IN_STEP, PARAMS_FILE, read_parameters
from .scorer import Scorer
from .settings import expect, read_settings
from .train import Trained, train

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import optuna

    from .artifact import Artifact
    from .config import Config
    from .contract import Contract
    from .data import Dataset, Split
    from .tune import Search

ADDRESS = "RAY_ADDRESS"
# How often a task is done again whose node has gone.
RETRIES = 5


@dataclass(frozen=True)
class Settings:
    """The section `compute` of mlops.yaml."""

    address: str | None = None
    cpus: int = 1
    trials_at_once: int = 4
    rows_a_task: int = 50_000


def read_compute(config: Config) -> Settings:
    settings = read_settings(config, "compute", Settings)
    address = settings.address
    is_address = address is None or (isinstance(address, str) and address != "")
    expect(is_address, "compute.address", address, "host:port of a cluster, ray://host:port, or null")
    for name in ("cpus", "trials_at_once", "rows_a_task"):
        value = getattr(settings, name)
        is_count = isinstance(value, int) and not isinstance(value, bool) and value >= 1
        expect(is_count, f"compute.{name}", value, "a whole number of at least 1")
    return settings


def train_model(config: Config, contract: Contract, dataset: Dataset, rows: Split) -> Trained:
    """Train on a node of the cluster."""
    with cluster(config) as submit:
        trained, node = _get(submit(_train, _portable(config), _parameters(config), contract, dataset, rows))
        print(f"on node {_addresses({node})}, ", end="", flush=True)
    return trained


def run_trials(search: Search, study: optuna.Study, count: int) -> None:
    """Run several trials at once, each fold as a task of its own, so that a hopeless trial ends early.

    In which order they end is chance, and so are the values that are tried next.
    """
    import ray

    at_once = read_compute(search.config).trials_at_once
    portable = replace(search, config=_portable(search.config))
    nodes: set[str] = set()
    with cluster(search.config) as submit:
        held = ray.put(portable)
        running: dict[Any, tuple[optuna.trial.Trial, dict[str, Any], list[float]]] = {}
        begun = 0
        while begun < count or running:
            while begun < count and len(running) < at_once:
                trial = study.ask()
                values = search.suggest(trial)
                running[submit(_score, held, values, 0)] = (trial, values, [])
                begun += 1
            done, _ = ray.wait(list(running))
            trial, values, scores = running.pop(done[0])
            score, node = _get(done[0])
            scores.append(score)
            nodes.add(node)
            hopeless = search.is_hopeless(trial, scores)
            if hopeless or len(scores) == search.folds:
                search.finish(study, trial, values, scores, hopeless)
            else:
                running[submit(_score, held, values, len(scores))] = (trial, values, scores)
        print(f"Nodes      {_addresses(nodes)}")


def with_cluster(config: Config, artifact: Artifact) -> Artifact:
    """Return a model that predicts on the cluster where there are many rows."""
    return replace(artifact, scorer=cast("Scorer", _OnCluster(config, artifact.scorer)))


@dataclass(frozen=True)
class _OnCluster:
    config: Config
    scorer: Scorer

    def predict(self, inputs: pd.DataFrame) -> pd.DataFrame:
        return predict_rows(self.config, self.scorer, inputs)


def predict_rows(config: Config, scorer: Scorer, inputs: pd.DataFrame) -> pd.DataFrame:
    """Predict for many rows, in parts of `compute.rows_a_task`; fewer rows than that are predicted here.

    So is with a version that was made with other code, which the nodes do not have.
    """
    size = read_compute(config).rows_a_task
    if len(inputs) <= size or type(scorer) is not Scorer:
        return scorer.predict(inputs)
    import ray

    with cluster(config) as submit:
        held = ray.put(scorer)
        parts = [inputs.iloc[start : start + size] for start in range(0, len(inputs), size)]
        answers = [_get(each) for each in [submit(_predict, held, part) for part in parts]]
        nodes = {node for _, node in answers}
        print(f"{len(parts)} parts on {len(nodes)} node{'s' * (len(nodes) > 1)}: {_addresses(nodes)}")
    return pd.concat([predicted for predicted, _ in answers])


@contextmanager
def cluster(config: Config) -> Iterator[Callable[..., Any]]:
    """Connect to the cluster, and give what submits a function to it, with its arguments.

    Raises:
        ProjectError: the cluster does not answer, or its nodes have other versions of what a model depends on.
    """
    # Nothing about this project is reported to anybody.
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    import ray

    settings = read_compute(config)
    address = settings.address or os.environ.get(ADDRESS)
    where = f"The Ray cluster at {address or 'this machine'}"
    hint = f"(compute.address in mlops.yaml, or {ADDRESS})"
    options: dict[str, Any] = {"address": "local", "include_dashboard": False}
    if address:
        # The code of this project goes with it.
        environment = {"py_modules": [str(Path(__file__).parent)], "excludes": ["__pycache__"]}
        options = {"address": address, "runtime_env": environment}
    try:
        if address:
            _reach(address)
        ray.init(**options, log_to_driver=False, logging_level="ERROR")
    except (ConnectionError, RuntimeError, ValueError, OSError) as error:
        raise ProjectError(f"{where} does not answer: {shorten(error, 200)} {hint}.") from error
    task = partial(ray.remote, num_cpus=settings.cpus, max_retries=RETRIES)
    try:
        if address:
            _check_nodes(_get(task()(_versions).remote()))
        yield lambda function, *arguments: task()(function).remote(*arguments)
    finally:
        ray.shutdown()


def _reach(address: str) -> None:
    """Connect once: Ray itself would try for many minutes."""
    host, _, port = address.removeprefix("ray://").rpartition(":")
    if host and port.isdigit():
        socket.create_connection((host, int(port)), timeout=10).close()


def _check_nodes(theirs: dict[str, str]) -> None:
    """Check that what a model depends on is the same there as here, or the model would not be the same."""
    differing = [
        f"{name} {theirs.get(name)} (here {version})"
        for name, version in library_versions().items()
        if theirs.get(name) != version
    ]
    if differing:
        raise ProjectError(
            f"The nodes of the Ray cluster have {', '.join(differing)}. Give them the environment of this project."
        )


def _get(answer: Any) -> Any:
    """Wait for an answer; a mistake of a person is told as if it had been found here."""
    import ray

    try:
        return ray.get(answer)
    except ray.exceptions.RayTaskError as error:
        if isinstance(error.cause, ProjectError):
            raise error.cause from error
        raise
    except ray.exceptions.RayError as error:
        raise ProjectError(f"The Ray cluster has failed: {shorten(error, 300)}") from error


def _portable(config: Config) -> Config:
    """Return the settings without the folder, which a node does not have."""
    return replace(config, root=Path("nowhere"))


def _parameters(config: Config) -> dict[str, Any]:
    return read_parameters(config.root).model


def _train(
    config: Config, parameters: dict[str, Any], contract: Contract, dataset: Dataset, rows: Split
) -> tuple[Trained, str]:
    with TemporaryDirectory() as folder, threadpool_limits(config.training.threads):
        there = replace(config, root=Path(folder))
        os.environ.pop(IN_STEP, None)
        (there.root / PARAMS_FILE).write_text(yaml.safe_dump({"model": parameters}), encoding="utf-8")
        return train(there, contract, dataset, rows), _node()


def _score(search: Search, values: dict[str, Any], fold: int) -> tuple[float, str]:
    with threadpool_limits(search.config.training.threads):
        return search.score(values, fold), _node()


def _predict(scorer: Scorer, inputs: pd.DataFrame) -> tuple[pd.DataFrame, str]:
    return scorer.predict(inputs), _node()


def _versions() -> dict[str, str]:
    return library_versions()


def _node() -> str:
    """Return the id of the node that this is done on."""
    import ray

    return str(ray.get_runtime_context().get_node_id())


def _addresses(nodes: set[str]) -> str:
    """Return where these nodes are, as the cluster knows them."""
    import ray

    return ", ".join(sorted(each["NodeManagerAddress"] for each in ray.nodes() if each["NodeID"] in nodes))
