"""The commands, one module each. A module is only imported when its command is run."""

from __future__ import annotations

import argparse
import sys
from importlib import import_module

from .config import load_config
from .errors import ERROR, INTERRUPTED, ProjectError

# Command: its module, and what it does.
COMMANDS = {
    "train": ("train", "train the model and compare it with a baseline"),
    "predict": ("predict", "predict for the rows of a file, and log it"),
    "monitor": ("monitor", "compare predictions with actual values, period by period"),
    "diagnose": ("diagnose", "rank the inputs by how unusual they have become"),
    "roi": ("roi", "compute what the model earns and costs"),
    "release": ("release", "record who put which model into use, and why"),
    "verify": ("verify", "check that the model gives the expected output for its sample input"),
    "doctor": ("doctor", "check the project: environment, files, model, documentation"),
    # slot: commands
}

EXIT_CODES = """\
exit codes: 0 all is well · 1 it failed · 2 a file, setting or argument is wrong · 3 ALERT · 4 NOT ENOUGH LABELS
# slot: exit-codes
"""


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit code. Mistakes of people are told without a traceback."""
    given = sys.argv[1:] if arguments is None else arguments
    parser = _parser()
    name = parser.parse_args(given[:1]).command
    module = import_module(f".{COMMANDS[name][0]}", __package__)
    command = argparse.ArgumentParser(f"{parser.prog} {name}", description=module.__doc__)
    module.add_arguments(command)
    try:
        return int(module.run(load_config(), command.parse_args(given[1:])))
    except ProjectError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code
    except OSError as error:
        print(f"error: {error}", file=sys.stderr)
        return ERROR
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return INTERRUPTED


def _parser() -> argparse.ArgumentParser:
    lines = "\n".join(f"  {name:<10} {summary}" for name, (_, summary) in COMMANDS.items())
    parser = argparse.ArgumentParser(
        __package__,
        usage="%(prog)s COMMAND [ARGUMENTS]",
        epilog=f"commands:\n{lines}\n\n{EXIT_CODES}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("command", choices=COMMANDS, metavar="COMMAND", help="COMMAND --help tells its arguments")
    return parser
