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
        help="create the tables, or bring those of an earlier version up to date",
        description="Create what is missing of the contract's tables and of Control Room's own, and "
        "bring those of an earlier version up to this one, with all their rows. Safe to run again. "
        "Where the contract is kept by views, only Control Room's own tables are made.",
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
                f"The warehouse does not let this user change its tables: {error.diag.message_primary}.",
                "Set WAREHOUSE_WRITE_URL to who owns them and may create in the database.",
            ) from error
        has_views = migrations.holds_views(connection)
        connection.commit()
        placed = distributed.distribute(connection) if arguments.distributed else []
    for table in placed:
        state = "now " if table.is_new else "already "
        what = (
            f"distributed by {distributed.KEY}" if table.kind == "distributed" else "on every node"
        )
        print(f"{table.name}: {state}{what}")
    if has_views:
        schema = settings().warehouse_schema
        print(
            f"Schema {schema} has views of your own and was left as it is;"
            " `python -m dashboard check` names what they lack."
        )
    else:
        print("The warehouse has every table.")
    return 0
