"""The two engines: one that can only read, and a narrow one that writes.

The rest of the product never opens a connection; it asks `read` (pages, command line) or takes
`write_connection` (loading, the demo, what the product keeps for itself).
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache

import psycopg
from sqlalchemy import URL, Engine, create_engine, event, make_url

from dashboard.errors import WarehouseUnreachable
from dashboard.postgres.compiled import CompiledStatements
from dashboard.postgres.connecting import Connecting
from dashboard.postgres.embedded import open_embedded
from dashboard.settings import Settings, settings

_CONNECT_SECONDS = 5
_CHECK_SECONDS = 5
_GRACE_SECONDS = 2.0
"""For an answer to arrive once the server's own timeout has ended the question."""
_NONE_FREE = (
    "too many clients",
    "too many connections",
    "connection slots are reserved",
    "no more connections allowed",
)
"""As PostgreSQL and PgBouncer say it; a refused connection brings no code to tell it by."""

_opening = threading.Lock()


def read_engine() -> Engine:
    """The engine for everything on screen: read-only transactions, a statement timeout, a small pool."""
    # Two sessions opening the embedded server at once would each start it.
    with _opening:
        return _read_engine(settings())


@lru_cache(maxsize=1)
def _read_engine(chosen: Settings) -> Engine:
    options = {
        "default_transaction_read_only": "on",
        "statement_timeout": str(chosen.statement_timeout_ms),
        "search_path": chosen.warehouse_schema,
        "timezone": "UTC",
        # Windows differ by a factor of a thousand: a plan made for one is wrong for the next.
        "plan_cache_mode": "force_custom_plan",
        # Compiling a statement costs more than these statements take.
        "jit": "off",
        "application_name": "control-room",
    }
    engine = create_engine(
        _with_driver(_warehouse_url(chosen)),
        # Every read is one statement: to begin and end a transaction around it takes two more turns.
        isolation_level="AUTOCOMMIT",
        # Nothing in the contract is an hstore; looking for it takes three turns a connection.
        use_native_hstore=False,
        pool_size=4,
        max_overflow=4,
        pool_timeout=10,
        pool_pre_ping=True,
        execution_options={"compiled_cache": CompiledStatements()},
        connect_args={
            "connect_timeout": _CONNECT_SECONDS,
            # Each execution is planned anew, so nothing is won by what a connection would keep prepared,
            # at both ends and for good, of statements whose shape changes with the hour.
            "prepare_threshold": None,
            "options": " ".join(f"-c {name}={value}" for name, value in options.items()),
        },
    )
    max_wait = chosen.statement_timeout_ms / 1000 + _GRACE_SECONDS
    event.listen(engine, "do_connect", Connecting(_CONNECT_SECONDS, max_wait))
    return engine


@contextmanager
def write_connection() -> Iterator[psycopg.Connection]:
    """A connection that may write, its schema first on the search path; committed when the block ends.

    Raises `WarehouseUnreachable` when no connection can be made.
    """
    chosen = settings()
    url = chosen.warehouse_write_url or _warehouse_url(chosen)
    try:
        connection = psycopg.connect(
            url.replace("postgresql+psycopg://", "postgresql://"),
            options=f"-c search_path={chosen.warehouse_schema} -c timezone=UTC",
            application_name="control-room-write",
            connect_timeout=_CONNECT_SECONDS,
        )
    except psycopg.OperationalError as error:
        raise refusal(error, "Check that PostgreSQL runs and WAREHOUSE_URL is correct.") from error
    with connection:
        yield connection


def end_with_client(connection: psycopg.Connection) -> None:
    """Let the server end a statement whose client is gone. The connection must be in no transaction.

    A server that waits or works looks for nobody: what a killed process held it would hold until its
    statement ends.
    """
    with suppress(psycopg.errors.InvalidParameterValue), connection.transaction():
        connection.execute(f"set client_connection_check_interval = '{_CHECK_SECONDS}s'")


def refusal(error: BaseException | None, otherwise: str) -> WarehouseUnreachable:
    """Why no connection could be had or kept; `otherwise` is what to do where the reason is not known."""
    if any(words in str(error) for words in _NONE_FREE):
        return WarehouseUnreachable(
            "The warehouse has no free connection.",
            "Close other clients or raise max_connections, then try again.",
        )
    return WarehouseUnreachable("The warehouse is not responding.", otherwise)


def _warehouse_url(chosen: Settings) -> str:
    return chosen.warehouse_url or open_embedded(chosen.home).url


def _with_driver(url: str) -> URL:
    return make_url(url).set(drivername="postgresql+psycopg")


def dispose_engines() -> None:
    """Close the pool and read the settings again at the next use. For tests and the launcher."""
    if _read_engine.cache_info().currsize:
        _read_engine(settings()).dispose()
    _read_engine.cache_clear()
    settings.cache_clear()
