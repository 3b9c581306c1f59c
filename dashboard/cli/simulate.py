"""`python -m dashboard simulate`: fill the warehouse with a generated company, or keep it going."""

import argparse

from dashboard.cli.progress import ProgressLine
from dashboard.postgres.engines import write_connection
from dashboard.sources.base import Load
from dashboard.sources.demo.live import run as run_live
from dashboard.sources.demo.source import DemoSource

_EXAMPLES = """examples:
  python -m dashboard simulate
  python -m dashboard simulate --replace --seed 7
  python -m dashboard simulate --accounts 100 --days 5 --episodes 1500 --until 2026-03-02T11:30
  python -m dashboard simulate --live
"""


def add_parser(subparsers: argparse._SubParsersAction) -> None:
    """Register the command `simulate`."""
    parser = subparsers.add_parser(
        "simulate",
        help="fill the warehouse with demo data, or keep the demo going",
        description=DemoSource.description,
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    DemoSource().add_arguments(parser)
    parser.add_argument(
        "--live", action="store_true", help="keep adding live demo data until stopped"
    )
    parser.add_argument(
        "--parent",
        type=int,
        metavar="PID",
        help="with --live: exit when this process exits",
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Run the command; 0 when it did what was asked."""
    if arguments.live:
        return run_live(arguments.parent)
    with write_connection() as connection, ProgressLine() as line:
        DemoSource().load(arguments, Load(connection, line.show, line.say))
    return 0
