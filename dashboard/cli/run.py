"""`run`, the default: the embedded warehouse, the demo that moves, and the server, in one process."""

import argparse
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

import psycopg

from dashboard.cli.progress import ProgressLine
from dashboard.errors import ControlRoomError, SettingInvalid, WarehouseError
from dashboard.postgres import migrations
from dashboard.postgres.embedded import EmbeddedWarehouse, open_embedded
from dashboard.postgres.engines import write_connection
from dashboard.rollups.scheduler import rollup_worker
from dashboard.settings import Settings, settings
from dashboard.sources import demo

_WATCH_SECONDS = 2.0
_EXAMPLES = """\
examples:
  python -m dashboard                                     the embedded warehouse with demo data
  CONTROL_ROOM_DEMO=0 python -m dashboard                 the embedded warehouse, empty until loaded
  WAREHOUSE_URL=postgresql://reader@host/db python -m dashboard
"""


def add_parser(commands: argparse._SubParsersAction) -> None:
    """Describe the command."""
    command = commands.add_parser(
        "run",
        help="start the control room (the default)",
        description="Start the control room: the embedded warehouse unless WAREHOUSE_URL is set, "
        "demo data unless CONTROL_ROOM_DEMO=0, and the server.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Start everything and serve until stopped."""
    chosen = settings()
    # Left alone, this signal ends the process at once, and the warehouse would run on without it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    _refuse_taken_port(chosen)
    if not chosen.is_embedded:
        bring_up_to_date()
        return _serve(chosen)
    warehouse = open_embedded(chosen.home)
    with write_connection() as connection:
        migrations.migrate(connection, say=_say)
    if chosen.demo:
        with ProgressLine() as line:
            demo.fill_if_empty(line.show)
    with _watched(warehouse, chosen):
        return _serve(chosen)


def bring_up_to_date() -> None:
    """Migrate a warehouse whose tables `init` made. One that cannot be is read as it is.

    A team's own tables and views, which no migration has been applied to, are left alone.
    """
    try:
        with write_connection() as connection:
            if migrations.is_stamped(connection):
                migrations.migrate(connection, say=_say)
    except (
        psycopg.errors.InsufficientPrivilege,
        psycopg.errors.ReadOnlySqlTransaction,
    ) as error:
        _say(
            f"The warehouse is of an earlier version and this user may not change it:"
            f" {error.diag.message_primary}. Run {migrations.INIT} as who owns its tables."
        )
    except WarehouseError as error:
        _say(str(error))
    except psycopg.Error as error:
        _say(f"The warehouse was not looked through for migrations: {error}")


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _serve(chosen: Settings) -> int:
    # Streamlit takes a second to import: every other command does without it.
    from dashboard.components.shared.serving import serve  # noqa: PLC0415

    print(f"Control Room: http://localhost:{chosen.port}   (stop with Ctrl-C)", flush=True)
    print(f"The wall:     http://localhost:{chosen.port}/?wall=1", flush=True)
    with rollup_worker() if chosen.rollups else nullcontext():
        serve(chosen.host, chosen.port)
    return 0


def _refuse_taken_port(chosen: Settings) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((chosen.host, chosen.port))
        except OSError as error:
            raise SettingInvalid(
                f"Port {chosen.port} on {chosen.host} cannot be used: {error.strerror}.",
                "Set PORT to a free port, or stop the process that uses it.",
            ) from error


@contextmanager
def _watched(warehouse: EmbeddedWarehouse, chosen: Settings) -> Iterator[None]:
    """Keep the warehouse and the demo's live process running as long as the block does."""
    done = threading.Event()
    watcher = threading.Thread(target=_watch, args=(warehouse, chosen.demo, done), daemon=True)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join(timeout=10)


def _watch(warehouse: EmbeddedWarehouse, with_demo: bool, done: threading.Event) -> None:
    live: subprocess.Popen | None = None
    while not done.wait(_WATCH_SECONDS if live or not with_demo else 0):
        try:
            warehouse.ensure_running()
        except ControlRoomError as error:
            print(f"error: {error}", file=sys.stderr)
            continue
        if with_demo and (live is None or live.poll() is not None):
            live = subprocess.Popen([*demo.LIVE_ARGV, "--parent", str(os.getpid())])
    if live:
        live.terminate()
        live.wait(timeout=10)
