"""Put the data file of contract.yaml into the bucket, to have something to try the pipeline with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .contract import load_contract
from .errors import OK, InputError
from .settings import read_settings
from .source import FAILURES, S3Source, connect

if TYPE_CHECKING:
    import argparse

    from .config import Config


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = "It makes the bucket of mlops.yaml where there is none."


def run(config: Config, _arguments: argparse.Namespace) -> int:
    settings = read_settings(config, "source", S3Source)
    path = config.root / load_contract(config).source.path
    key = settings.keys.split("*")[0].rstrip("/")
    key = f"{key}/{path.name}".lstrip("/") if key != settings.keys else key
    client = connect(settings)
    try:
        if settings.bucket not in [bucket["Name"] for bucket in client.list_buckets()["Buckets"]]:
            client.create_bucket(Bucket=settings.bucket)
        client.upload_file(str(path), settings.bucket, key)
    except FAILURES as error:
        raise InputError(f"The bucket cannot be written: {error}") from error
    print(f"{config.relative(path)} put into s3://{settings.bucket}/{key}")
    return OK
