"""`check`: can the warehouse be read, does it keep the contract, how fresh is it?"""

import argparse

from dashboard.rollups.inspection import inspect_all

_EXAMPLES = """\
examples:
  python -m dashboard check
  WAREHOUSE_URL=postgresql://reader@host/db python -m dashboard check --deep
"""


def add_parser(commands: argparse._SubParsersAction) -> None:
    """Describe the command."""
    command = commands.add_parser(
        "check",
        help="check connection, contract, rights and freshness",
        description="Check the connection, the contract column by column, rights, freshness and "
        "row counts. Exits 1 if there are faults, one line each.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_argument(
        "--deep",
        action="store_true",
        help="also read every row for values that violate the contract",
    )
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print what was found; 1 when something is at fault."""
    found = inspect_all(deep=arguments.deep)
    for line in found.notes:
        print(f"ok     {line}")
    for line in found.faults:
        print(f"fault  {line}")
    return 1 if found.faults else 0
