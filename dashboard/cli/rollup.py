"""`rollup`: bring the sums up to date from which long windows are answered."""

import argparse

import psycopg

from dashboard.cli.progress import ProgressLine
from dashboard.rollups.builder import roll_up
from dashboard.rollups.scheduler import describe_error

_EXAMPLES = """\
examples:
  python -m dashboard rollup
  python -m dashboard rollup --rebuild
  WAREHOUSE_URL=postgresql://writer@host/db python -m dashboard rollup
"""


def add_parser(commands: argparse._SubParsersAction) -> None:
    """Describe the command."""
    command = commands.add_parser(
        "rollup",
        help="bring the rollups up to date",
        description="Aggregate data loaded since the last run, day by day, so that long windows load fast. "
        "If stopped, it continues where it was. Every page also works without rollups, more slowly.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_argument("--rebuild", action="store_true", help="rebuild all rollups")
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Roll up, and say what was done; 1 when a group failed.

    Raises `WarehouseError` when it could not be done to the end.
    """
    try:
        with ProgressLine() as line:
            done = roll_up(
                arguments.rebuild,
                progress=lambda built, total: line.show(
                    "building days", built / total if total else 1.0
                ),
            )
    except psycopg.Error as error:
        raise describe_error(error) from error
    if done is None:
        print("Another process is updating the rollups; nothing to do.")
    else:
        print(f"{done.days:,} days built; {done.stale:,} changed since the last run.")
    for failure in done.failures if done else ():
        print(f"fault  {failure}")
    return 1 if done and done.failures else 0
