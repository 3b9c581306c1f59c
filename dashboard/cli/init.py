"""`init`: create what is missing of the contract's tables and of the product's own."""

import argparse

import psycopg

from dashboard.errors import SchemaMismatch
from dashboard.postgres import contract, distributed
from dashboard.postgres.engines import write_connection

_EXAMPLES = """\
examples:
  WAREHOUSE_URL=postgresql://owner@host/db python -m dashboard init
  WAREHOUSE_URL=postgresql://owner@coordinator/db python -m dashboard init --distributed
"""


def add_parser(commands: argparse._SubParsersAction) -> None:
    """Describe the command."""
    command = commands.add_parser(
        "init",
        help="create the tables in an empty warehouse, on Citus distributed by account",
        description="Create what is missing of the contract's tables and of Control Room's own. "
        "What is there stays as it is, so it is safe to run again.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_argument(
        "--distributed",
        action="store_true",
        help="on a Citus coordinator: distribute every table with account_id by it, co-located, and "
        "make the catalogues reference tables; rows that are there move along",
    )
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Create, and distribute where asked; prints a line per table that was distributed."""
    with write_connection() as connection:
        if arguments.distributed:
            distributed.require_citus(connection)
        try:
            contract.install(connection)
            connection.commit()
        except psycopg.errors.InsufficientPrivilege as error:
            raise SchemaMismatch(
                "The warehouse does not let this user create tables.",
                "Set WAREHOUSE_WRITE_URL to a user who may create in the database.",
            ) from error
        placed = distributed.distribute(connection) if arguments.distributed else []
    for table in placed:
        state = "now " if table.is_new else "already "
        what = (
            f"distributed by {distributed.KEY}" if table.kind == "distributed" else "on every node"
        )
        print(f"{table.name}: {state}{what}")
    print("The warehouse has every table.")
    return 0
