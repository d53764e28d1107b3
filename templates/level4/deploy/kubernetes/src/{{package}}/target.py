"""Deployments in a Kubernetes cluster: deploy/kubernetes, with the image of the artifact by its digest.

The old pods answer until the new ones are ready. What was applied last is kept, so that a version that does not become
ready is taken back as a whole, and not only its image.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import yaml

from .cluster import NAME, kubectl, namespace_of, read_cluster_settings
from .collect import collect
from .environments import environment_folder
from .errors import InputError, ProjectError
from .image import image_of, read_image_settings
from .table import replacing

if TYPE_CHECKING:
    from pathlib import Path

    from .bundle import Bundle
    from .config import Config
    from .environments import Environment

APPLIED = "applied.yaml"


def release(config: Config, environment: Environment, bundle: Bundle) -> str:
    """Let an artifact answer in an environment, and return its address in the cluster.

    Raises:
        InputError: kubectl is missing, or there is no registry that the cluster could pull from.
        ProjectError: it is not ready in time, or answers with another version; what answered before answers again.
    """
    namespace = namespace_of(config, environment)
    rendered = render(config, environment, bundle)
    applied = environment_folder(config, environment.name) / APPLIED
    if applied.is_file():
        _take_over_predictions(config, environment)
    try:
        kubectl(config, "apply", "--filename", str(rendered))
        _wait(config, namespace)
        _expect_version(config, namespace, bundle.version)
    except ProjectError as error:
        reason = _reason(config, namespace)
        try:
            _take_back(config, namespace, applied, rendered)
        except ProjectError as other:
            reason += f" What was there before could not be brought back: {other}"
        raise ProjectError(f"{error} {reason}".strip()) from error
    rendered.replace(applied)
    return f"http://{NAME}.{namespace}.svc"


def render(config: Config, environment: Environment, bundle: Bundle) -> Path:
    """Write what is applied for an artifact, and return the file.

    Raises:
        InputError: there is no registry that the cluster could pull from.
    """
    if read_image_settings(config).registry is None:
        raise InputError("A cluster pulls images from a registry, and mlops.yaml names none: image.registry.")
    name, _, digest = image_of(config, bundle).reference.partition("@")
    folder = environment_folder(config, environment.name)
    folder.mkdir(parents=True, exist_ok=True)
    content = {
        "apiVersion": "kustomize.config.k8s.io/v1beta1",
        "kind": "Kustomization",
        "namespace": namespace_of(config, environment),
        "resources": [f"../../deploy/kubernetes/overlays/{environment.name}"],
        "images": [{"name": NAME, "newName": name, "digest": digest}],
        "commonAnnotations": {"artifact": bundle.digest, "model-version": str(bundle.version)},
    }
    (folder / "kustomization.yaml").write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
    text = kubectl(config, "kustomize", str(folder))
    path = folder / "rendered.yaml"
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8")
    return path


def teardown(config: Config, environment: Environment) -> None:
    """Remove an environment from the cluster; what it predicted is taken over before."""
    applied = environment_folder(config, environment.name) / APPLIED
    if not applied.is_file():
        return
    _take_over_predictions(config, environment)
    kubectl(config, "delete", "--ignore-not-found", "--wait=false", "--filename", str(applied))
    applied.unlink()


def live_root(_config: Config, environment: Environment) -> Path:
    """Refuse: pods have their models from the image, and take no candidate from here.

    Raises:
        ProjectError: always.
    """
    raise ProjectError(
        f"A rollout needs the folder that a service runs in, and the pods of {environment.name} have none here. Try "
        "the candidate with make serve, and leave out ON=."
    )


def _wait(config: Config, namespace: str) -> None:
    seconds = read_cluster_settings(config).seconds
    kubectl(config, "rollout", "status", f"deployment/{NAME}", f"--namespace={namespace}", f"--timeout={seconds}s")


def _expect_version(config: Config, namespace: str, version: int) -> None:
    """Ask the service, by way of the API server, which version answers."""
    text = kubectl(config, "get", "--raw", f"/api/v1/namespaces/{namespace}/services/{NAME}:http/proxy/version")
    try:
        seen = json.loads(text).get("model_version")
    except (ValueError, AttributeError):
        seen = text[:100]
    if seen != str(version):
        raise ProjectError(f"The service answers with version {seen}, not {version}.")


def _reason(config: Config, namespace: str) -> str:
    """Return what the newest warning of the namespace says, for messages."""
    fields = ("--output=custom-columns=:message", "--no-headers")
    newest = ("--field-selector=type=Warning", "--sort-by=.lastTimestamp")
    try:
        lines = kubectl(config, "get", "events", f"--namespace={namespace}", *newest, *fields).strip().splitlines()
    except ProjectError:
        return ""
    return lines[-1].strip() if lines else ""


def _take_back(config: Config, namespace: str, applied: Path, rendered: Path) -> None:
    """Apply what was there before, or remove what was tried where nothing was."""
    if applied.is_file():
        kubectl(config, "apply", "--filename", str(applied))
        _wait(config, namespace)
    else:
        kubectl(config, "delete", "--ignore-not-found", "--wait=false", "--filename", str(rendered))


def _take_over_predictions(config: Config, environment: Environment) -> None:
    try:
        collect(config, environment)
    except ProjectError as error:
        print(f"Warning    the predictions of {environment.name} could not be taken over: {error}", flush=True)
