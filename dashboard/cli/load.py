"""`python -m dashboard load SOURCE FILE…`: fill the warehouse from files."""

import argparse
import sys
from pathlib import Path

import psycopg

from dashboard.errors import SchemaMismatch, WarehouseError, WarehouseUnreachable
from dashboard.postgres import migrations
from dashboard.postgres.engines import write_connection
from dashboard.sources.tau.load import FileLoad, load_file

_TAU_EPILOG = """\
examples:
  python -m dashboard load tau results.json
  python -m dashboard load tau runs/*.json

Loading a file again changes nothing. A record that cannot be read is reported with its
position in the file and skipped; the exit code is then 1.
"""


def add_parser(subparsers: argparse._SubParsersAction) -> None:
    """Register `load` and its sources; each sets `run`, which returns the exit code."""
    load = subparsers.add_parser(
        "load",
        help="fill the warehouse from files",
        description="Fill the warehouse from files.",
        epilog="example:\n  python -m dashboard load tau results.json\n",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    sources = load.add_subparsers(dest="source", metavar="SOURCE", required=True)
    tau = sources.add_parser(
        "tau",
        help="result files of tau-bench and tau2-bench",
        description="Load result files of tau-bench and tau2-bench as conversations.",
        epilog=_TAU_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    tau.add_argument("files", nargs="+", type=Path, metavar="FILE", help="a JSON result file")
    tau.set_defaults(run=run_tau)


def run_tau(arguments: argparse.Namespace) -> int:
    """Load `arguments.files`; 1 when anything in them was refused.

    Raises `WarehouseError` when the warehouse cannot be reached or written.
    """
    with write_connection() as connection:
        try:
            _ensure_contract(connection)
            loads = [_load_one(connection, path) for path in arguments.files]
        except psycopg.Error as error:
            raise _explained(error) from error
    refused = sum(len(load.refused) for load in loads)
    conversations = _count(sum(load.conversations for load in loads), "conversation")
    print(f"{conversations} loaded from {_count(len(loads), 'file')}, {refused:,} rejected.")
    return 1 if refused else 0


def _ensure_contract(connection: psycopg.Connection) -> None:
    # A company's own warehouse need not let us create anything.
    if migrations.is_empty(connection) or migrations.is_stamped(connection):
        migrations.migrate(connection, say=lambda line: print(line, file=sys.stderr))


def _load_one(connection: psycopg.Connection, path: Path) -> FileLoad:
    line = _ProgressLine(path.name)
    load = load_file(connection, path, line.advance)
    line.close()
    for refusal in load.refused:
        print(refusal, file=sys.stderr)
    if load.conversations:
        rows = load.rows
        print(
            f"{path}: {_count(load.conversations, 'conversation')}, {_count(load.spans, 'span')} "
            f"({rows.inserted:,} rows new, {rows.updated:,} changed, {rows.unchanged:,} unchanged)",
            file=sys.stderr,
        )
    return load


class _ProgressLine:
    """How far a file is, on one line that is written over; silent where stderr is no terminal."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._rows = 0
        self._write("reading")

    def advance(self, rows: int) -> None:
        self._rows += rows
        self._write(_count(self._rows, "row"))

    def close(self) -> None:
        if sys.stderr.isatty():
            print("\r\033[K", end="", file=sys.stderr, flush=True)

    def _write(self, what: str) -> None:
        if sys.stderr.isatty():
            print(f"\r\033[K{self._name}: {what}", end="", file=sys.stderr, flush=True)


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _explained(error: psycopg.Error) -> WarehouseError:
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
