"""A first load without indexes: dropped before it, built again as they were after it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg

from dashboard.postgres.contract import relations
from dashboard.query_files import query_text

_MEMORY = "512MB"


@contextmanager
def drop_indexes_during_load(
    connection: psycopg.Connection, progress: Callable[[float], None]
) -> Iterator[None]:
    """Drop every index of the contract's tables, and build them again from their definitions.

    All within the connection's transaction: what fails leaves them as they were. `progress` is called
    with the share that is built, from 0 to 1.
    """
    every = connection.execute(query_text("sources/indexes.sql")).fetchall()
    found = [(drop, create) for table, drop, create in every if table in relations()]
    for drop, _ in found:
        connection.execute(drop)
    yield
    connection.execute(f"set local maintenance_work_mem = '{_MEMORY}'")
    for number, (_, create) in enumerate(found):
        progress(number / len(found))
        connection.execute(create)
