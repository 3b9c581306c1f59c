"""`init`: bring the contract's tables and the product's own to this version, or make them."""

import argparse

import psycopg

from dashboard.errors import WriteDenied
from dashboard.postgres import distributed, migrations
from dashboard.postgres.engines import write_connection
from dashboard.settings import settings

_EXAMPLES = """\
examples:
  WAREHOUSE_URL=postgresql://owner@host/db python -m dashboard init
  WAREHOUSE_URL=postgresql://owner@coordinator/db python -m dashboard init --distributed
"""


def add_parser(commands: argparse._SubParsersAction) -> None:
    """Describe the command."""
    command = commands.add_parser(
        "init",
        help="create the tables, or upgrade those of an earlier version",
        description="Create missing tables of the contract and of Control Room itself, and "
        "upgrade those of an earlier version with all their rows. Safe to run again. "
        "Where the contract's relations are views, only Control Room's own tables are created.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_argument(
        "--distributed",
        action="store_true",
        help="on a Citus coordinator: distribute every table with account_id by it, co-located, and "
        "make the catalogues reference tables; existing rows are moved",
    )
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Migrate, and distribute where asked; prints a line per migration and per table distributed."""
    with write_connection() as connection:
        if arguments.distributed:
            distributed.require_citus(connection)
            connection.commit()
        try:
            migrations.migrate(connection, say=print)
            migrations.restore(connection)
        except (
            psycopg.errors.InsufficientPrivilege,
            psycopg.errors.ReadOnlySqlTransaction,
        ) as error:
            raise WriteDenied(
                f"This user may not change tables in the warehouse: {error.diag.message_primary}.",
                "Set WAREHOUSE_WRITE_URL to a user who owns them and may create in the database.",
            ) from error
        has_views = migrations.holds_views(connection)
        connection.commit()
        placed = distributed.distribute(connection) if arguments.distributed else []
    for table in placed:
        state = "now " if table.is_new else "already "
        what = (
            f"distributed by {distributed.KEY}"
            if table.kind == "distributed"
            else "reference table on every node"
        )
        print(f"{table.name}: {state}{what}")
    if has_views:
        schema = settings().warehouse_schema
        print(
            f"Schema {schema} has your own views and was not changed;"
            " `python -m dashboard check` lists what they are missing."
        )
    else:
        print("The warehouse has all tables.")
    return 0
