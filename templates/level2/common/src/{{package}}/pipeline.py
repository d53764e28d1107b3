"""Collect data: take what is new at the source, check it, clean it. What was there before stays until all is well."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from . import cleaning
from .artifact import file_sha256
from .collected import clean_rows
from .contract import CONTRACT_FILE, load_contract
# slot: imports
from .enforce import Checked, check_collected, read_rules
from .errors import OK, InputError, ProjectError, listing
# slot: more-imports
# slot: imports-labelled
from .runs import open_runs
from .snapshots import open_snapshot, take
from .source import find_pieces, watermark_column
from .spelling import spell_table
# slot: last-imports
from .table import read_table, write_table

if TYPE_CHECKING:
    import argparse

    from .config import Config
    from .contract import Contract
    from .runs import RunLog, Snapshot


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = "Settings: the sections source and data of mlops.yaml; contract.yaml; cleaning.py."
    # slot: arguments


def run(config: Config, arguments: argparse.Namespace) -> int:
    # slot: start
    contract = load_contract(config)
    # slot: contract
    with open_runs(config.root / "data" / "runs.sqlite") as log:
        log.start()
        try:
            taken = collect(config, contract, log)
            publish(config, contract, log, taken)
            # slot: published
        except BaseException as error:
            log.finish("failed", message=str(error) or type(error).__name__)
            raise
    return OK


def collect(config: Config, contract: Contract, log: RunLog) -> int:
    """Take a snapshot of each piece that is new at the source, and return how many there were."""
    taken = 0
    pieces = find_pieces(config, contract, log.latest)
    # slot: pieces
    for piece in pieces:
        snapshot = take(config, contract, piece, watermark_column(config))
        before = log.latest(piece.origin)
        if before is not None and before.sha256 == snapshot.sha256:
            continue
        log.add(snapshot)
        taken += 1
        print(f"Snapshot   {snapshot.path}: {snapshot.rows:,} rows of {piece.origin}")
    return taken


def publish(config: Config, contract: Contract, log: RunLog, taken: int) -> None:
    """Make the clean rows from all current snapshots, unless they are there already."""
    snapshots = log.current()
    inputs = _fingerprint(config, snapshots)
    path = clean_rows(config)
    if log.last_published() == (inputs, _checksum(path)):
        print("No new data.")
        log.finish("no new data", taken=taken)
        return
    checked = [_check(config, contract, snapshot) for snapshot in snapshots]
    # slot: checked
    _set_apart(config, checked, snapshots)
    rows = clean_and_spell(contract, checked)
    # slot: rows
    write_table(rows, path)
    rows_in = sum(snapshot.rows for snapshot in snapshots)
    quarantined = sum(len(each.quarantined) for each in checked)
    log.finish(
        "published",
        taken=taken,
        rows_in=rows_in,
        quarantined=quarantined,
        rows_out=len(rows),
        inputs=inputs,
        output=file_sha256(path),
    )
    print(f"Clean      {config.relative(path)}: {len(rows):,} of {rows_in:,} rows, {quarantined:,} quarantined")


def clean_and_spell(contract: Contract, checked: list[Checked]) -> pd.DataFrame:
    """Clean the rows of all snapshots together, and write them as contract.yaml spells values.

    Raises:
        ProjectError: cleaning.py leaves no row, or other columns than those of contract.yaml.
    """
    table = pd.concat([each.typed for each in checked], ignore_index=True)
    keys = [column.name for column in contract.ids]
    if keys and contract.time is not None:
        keys.append(contract.time)
    cleaned = cleaning.clean(table, keys, contract.target)
    names = [column.name for column in contract.columns]
    differing = set(names) ^ set(cleaned.columns)
    if differing:
        raise ProjectError(f"cleaning.py changes the columns {listing(sorted(differing))}; contract.yaml has others.")
    if cleaned.empty:
        raise ProjectError("cleaning.py leaves no row.")
    return spell_table(cleaned, contract.columns, contract.source).reset_index(drop=True)


def _check(config: Config, contract: Contract, snapshot: Snapshot) -> Checked:
    path = open_snapshot(config, snapshot)
    return check_collected(config, contract, read_table(path, contract), path)


def _set_apart(config: Config, checked: list[Checked], snapshots: list[Snapshot]) -> None:
    """Write the rows that break the contract to data/quarantine, for people to look at."""
    folder = config.root / "data" / "quarantine"
    for each, snapshot in zip(checked, snapshots, strict=True):
        if each.quarantined.empty:
            continue
        path = folder / f"{snapshot.sha256[:12]}.csv"
        write_table(each.quarantined, path)
        print(f"Quarantine {config.relative(path)}: {len(each.quarantined):,} rows of {snapshot.origin}")
        print("\n".join(f"           {violation}" for violation in each.violations))


def _fingerprint(config: Config, snapshots: list[Snapshot]) -> str:
    """Return the checksum of all that the clean rows depend on: snapshots, contract, settings, and code."""
    if not snapshots:
        raise InputError("The source has no data yet.")
    files = (config.root / CONTRACT_FILE, Path(cleaning.__file__))
    parts = [snapshot.sha256 for snapshot in snapshots] + [file_sha256(path) for path in files]
    parts += [repr(read_rules(config)), repr(config.project)]
    # slot: fingerprint
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _checksum(path: Path) -> str | None:
    return file_sha256(path) if path.is_file() else None
