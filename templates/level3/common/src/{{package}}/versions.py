"""List the versions of the model, the newest first, and those of the data with --data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import registry
from .data_versions import current_data, data_versions
from .errors import OK

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from .config import Config


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", action="store_true", help="the versions of the data")


def run(config: Config, arguments: argparse.Namespace) -> int:
    print_table(_data_rows(config) if arguments.data else _model_rows(config))
    return OK


def print_table(rows: Sequence[tuple[str, ...]]) -> None:
    """Print rows, the first of which are the headings, as columns."""
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def _model_rows(config: Config) -> Sequence[tuple[str, ...]]:
    rows = [("version", "alias", "validation", "trained", "data", "code", "run")]
    for each in registry.versions(config):
        lineage = each.lineage
        changed = "+" if lineage["git_dirty"] else ""
        rows.append(
            (
                str(each.number),
                " ".join(each.aliases),
                each.validation,
                lineage["trained_at"][:16].replace("T", " "),
                lineage["data_version"],
                f"{(lineage['git_sha'] or 'none')[:8]}{changed}",
                each.run_id[:8],
            )
        )
    return rows


def _data_rows(config: Config) -> Sequence[tuple[str, ...]]:
    current = current_data(config)
    rows = [("version", "rows", "made", "in use")]
    for each in data_versions(config):
        is_current = current is not None and each.name == current[0]
        made = each.made_at[:16].replace("T", " ")
        rows.append((each.name, f"{each.rows:,}", made, "yes" if is_current else ""))
    return rows
