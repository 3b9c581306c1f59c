"""`python -m dashboard load SOURCE …`: fill the warehouse from any source of the registry."""

import argparse
from functools import partial

import psycopg

from dashboard.cli.progress import ProgressLine
from dashboard.errors import SchemaMismatch, WarehouseError, WarehouseUnreachable
from dashboard.postgres import migrations
from dashboard.postgres.engines import write_connection
from dashboard.sources.base import Load, Source, count
from dashboard.sources.registry import SOURCES

_TO_EXPECT = """
Loading the same again changes nothing. What cannot be read is reported with its position and skipped;
the exit code is then 1.
"""


def add_parser(subparsers: argparse._SubParsersAction) -> None:
    """Register `load` and its sources; each sets `run`, which returns the exit code."""
    load = subparsers.add_parser(
        "load",
        help="fill the warehouse from a source",
        description="Fill the warehouse from a source.",
        epilog=_epilog(SOURCES),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    sources = load.add_subparsers(dest="source", metavar="SOURCE", required=True)
    for source in SOURCES:
        command = sources.add_parser(
            source.key,
            help=source.label,
            description=source.description,
            epilog=_epilog([source]) + _TO_EXPECT,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        source.add_arguments(command)
        command.set_defaults(run=partial(run_source, source))


def run_source(source: Source, arguments: argparse.Namespace) -> int:
    """Load what `arguments` name; 1 when anything of it was refused.

    Raises `WarehouseError` when the warehouse cannot be reached or written, and `InvalidInput` when
    nothing can be loaded.
    """
    with write_connection() as connection, ProgressLine() as line:
        try:
            _ensure_contract(connection, line)
            run = Load(connection, line.show, line.say)
            source.load(arguments, run)
            connection.commit()
        except psycopg.Error as error:
            raise describe_error(error) from error
    loaded = f"{count(run.conversations, 'conversation')} loaded"
    files = f" from {count(run.files, 'file')}" if run.files else ""
    print(f"{loaded}{files}, {len(run.refused):,} rejected.")
    return 1 if run.refused else 0


def _epilog(sources: list[Source]) -> str:
    lines = [f"  python -m dashboard {line}\n" for source in sources for line in source.examples]
    return f"examples:\n{''.join(lines)}"


def _ensure_contract(connection: psycopg.Connection, line: ProgressLine) -> None:
    # A company's own warehouse need not let us create anything.
    if migrations.is_empty(connection) or migrations.is_stamped(connection):
        migrations.migrate(connection, say=line.say)


def describe_error(error: psycopg.Error) -> WarehouseError:
    """What ended a load, and what to do."""
    if isinstance(error, psycopg.errors.InsufficientPrivilege):
        return SchemaMismatch(
            "This user may not write to the warehouse.",
            "Set WAREHOUSE_WRITE_URL to a user who may insert, update and delete.",
        )
    if isinstance(error, psycopg.errors.UndefinedTable | psycopg.errors.UndefinedColumn):
        return SchemaMismatch(
            f"The warehouse does not match the contract: {error.diag.message_primary}.",
            "`python -m dashboard check` lists faults and how to fix them.",
        )
    return WarehouseUnreachable(
        "The connection was lost during the load; files listed above are loaded.",
        "Check that PostgreSQL runs, then load the remaining files again.",
    )
