"""Where the tests' databases are: on the embedded server, or on the one of TEST_WAREHOUSE_URL."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

from dashboard.postgres.embedded import EmbeddedWarehouse

_HAS_CITUS = "select 1 from pg_extension where extname = 'citus'"
_WORKERS = "select node_name as host, node_port as port from citus_get_active_worker_nodes()"
Node = dict[str, Any]
"""What differs of a node's connection from the server's own."""

_COORDINATOR: Node = {}
_SHARDS = 4
"""As few as show every way that a query can take, so that making a database stays quick."""

_FOR_A_RUN = ("fsync = off", "full_page_writes = off", "synchronous_commit = off")
"""Nothing here has to outlive the run: to drop a database waits for the disk otherwise, for seconds.

Tests that kill a server have one of their own, which keeps what it has committed.
"""


class Databases:
    """Makes and drops databases on the server of `url`, whose own database is left alone.

    Where that database is on a Citus coordinator, each new one spans the same nodes.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        with psycopg.connect(url, row_factory=dict_row) as connection:
            self.is_citus = bool(connection.execute(_HAS_CITUS).fetchone())
            self._workers = connection.execute(_WORKERS).fetchall() if self.is_citus else []

    def make(self, name: str) -> str:
        """A new empty database; returns its URL."""
        self.drop(name)
        # The coordinator last: it adds the workers, where the database must be by then.
        for node in (*self._workers, _COORDINATOR):
            self._run(node, sql.SQL("create database {}").format(sql.Identifier(name)))
            if self.is_citus:
                self._set_up_citus(node, name)
        return urlsplit(self.url)._replace(path=f"/{name}").geturl()

    def copy(self, name: str, original: str) -> str:
        """A new database with all that `original` holds, which nobody may be connected to."""
        self.drop(name)
        self._run(
            _COORDINATOR,
            sql.SQL("create database {} template {}").format(
                *map(sql.Identifier, (name, original))
            ),
        )
        return urlsplit(self.url)._replace(path=f"/{name}").geturl()

    def drop(self, name: str) -> None:
        statement = sql.SQL("drop database if exists {} with (force)")
        for node in (_COORDINATOR, *self._workers):
            self._run(node, statement.format(sql.Identifier(name)))

    def _set_up_citus(self, node: Node, name: str) -> None:
        with psycopg.connect(self.url, **node, dbname=name, autocommit=True) as connection:
            connection.execute("create extension citus")
            if node != _COORDINATOR:
                return
            here = {"host": connection.info.host, "port": connection.info.port}
            connection.execute("select citus_set_coordinator_host(%(host)s, %(port)s)", here)
            for worker in self._workers:
                connection.execute("select citus_add_node(%(host)s, %(port)s)", worker)
            shards = sql.SQL("alter database {} set citus.shard_count = {}")
            connection.execute(shards.format(sql.Identifier(name), _SHARDS))

    def _run(self, node: Node, statement: sql.Composed) -> None:
        with psycopg.connect(self.url, **node, autocommit=True) as connection:
            if self.is_citus:
                # Each node is told by itself, whatever the cluster is set to pass on.
                connection.execute("set citus.enable_create_database_propagation = off")
            connection.execute(statement)


@contextmanager
def databases() -> Iterator[Databases]:
    """On the server of TEST_WAREHOUSE_URL, else on an embedded one that is gone afterwards."""
    if url := os.environ.get("TEST_WAREHOUSE_URL"):
        yield Databases(url)
        return
    # Under /tmp itself: as root the server's own user must be able to reach its folder.
    folder = Path("/tmp") / f"control-room-tests-{os.getpid()}"
    warehouse = EmbeddedWarehouse(folder)
    warehouse.start()
    with psycopg.connect(warehouse.url, autocommit=True) as connection:
        for setting in _FOR_A_RUN:
            connection.execute(f"alter system set {setting}")
        connection.execute("select pg_reload_conf()")
    yield Databases(warehouse.url)
    warehouse.release()
    shutil.rmtree(folder, ignore_errors=True)
