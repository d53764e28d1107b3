"""The source of the data: objects of a bucket, in S3 or in anything that speaks its protocol."""

from __future__ import annotations

import os
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import partial
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

import boto3
from boto3.exceptions import Boto3Error
from botocore.config import Config as BotoConfig
from botocore.exceptions import BotoCoreError, ClientError

from .errors import InputError, shorten
from .settings import read_settings
from .snapshots import Piece

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .config import Config
    from .contract import Contract
    from .runs import Snapshot

FAILURES = (BotoCoreError, Boto3Error, ClientError)


@dataclass(frozen=True)
class S3Source:
    """The section `source` of mlops.yaml. Credentials come from where boto3 looks for them."""

    bucket: str
    keys: str
    endpoint_variable: str = "SOURCE_ENDPOINT"


def watermark_column(_config: Config) -> str | None:
    """Objects are taken as a whole, and an object that has changed takes the place of its earlier self."""
    return None


def find_pieces(config: Config, _contract: Contract, latest: Callable[[str], Snapshot | None]) -> Iterator[Piece]:
    """Return each object that is new or has changed.

    Raises:
        InputError: the bucket cannot be read, or no key matches.
    """
    settings = read_settings(config, "source", S3Source)
    client = connect(settings)
    try:
        versions = dict(_list_objects(client, settings))
    except FAILURES as error:
        raise _unreadable(settings, error) from error
    if not versions:
        raise InputError(f'The bucket "{settings.bucket}" has no object "{settings.keys}". Nothing was changed.')
    for key, version in sorted(versions.items()):
        origin = f"s3://{settings.bucket}/{key}"
        before = latest(origin)
        if before is None or before.version != version:
            yield Piece(origin, version, PurePosixPath(key).name, partial(_download, client, settings, key))


def connect(settings: S3Source) -> Any:
    """Return a client of the endpoint that the environment names, or of AWS."""
    retries = BotoConfig(connect_timeout=10, retries={"max_attempts": 3})
    return boto3.client("s3", endpoint_url=os.environ.get(settings.endpoint_variable) or None, config=retries)


def _list_objects(client: Any, settings: S3Source) -> Iterator[tuple[str, str]]:
    fixed = settings.keys.split("*")[0].split("?")[0].split("[")[0]
    for page in client.get_paginator("list_objects_v2").paginate(Bucket=settings.bucket, Prefix=fixed):
        for entry in page.get("Contents", []):
            if entry["Key"] == settings.keys or fnmatchcase(entry["Key"], settings.keys):
                yield entry["Key"], entry["ETag"]


def _download(client: Any, settings: S3Source, key: str, to: Path) -> None:
    try:
        client.download_file(settings.bucket, key, str(to))
    except FAILURES as error:
        raise _unreadable(settings, error) from error


def _unreadable(settings: S3Source, error: Exception) -> InputError:
    return InputError(f'The bucket "{settings.bucket}" cannot be read: {shorten(error, 300)}. Nothing was changed.')
