"""A warehouse as version 0.1.0 made it, with rows in it: from its own files, which nobody edits."""

from datetime import datetime, timedelta
from pathlib import Path

import psycopg

from dashboard.postgres.engines import write_connection
from dashboard.query_files import query_statements
from dashboard.sources.demo import World, marker
from dashboard.sources.demo.live import advance

VERSION_0_1_0 = Path(__file__).parent / "version_0_1_0"
_ROLLUP_ROWS = (
    "insert into control_room.rollup_state (definition, time_zone, watermark, ran_at)"
    " values ('of 0.1.0', 'UTC', now(), now())",
    "insert into control_room.rollup_days (family, starts, ends, settled_at, rows_seen)"
    " values ('episodes', '2026-03-01Z', '2026-03-02Z', now(), 7)",
    "insert into control_room.rollup_quarters (family, starts, settled_at)"
    " values ('episodes', '2026-03-01Z', now())",
)
_OWN_ROWS = (
    "insert into control_room.views (name, page, parameters) values ('Mondays', '', 'window=1d')",
)


def make_tables(url: str, schema: str = "support") -> None:
    """The contract, the product's own tables and the rollups', of version 0.1.0, in an empty database."""
    with psycopg.connect(url) as connection:
        connection.execute(f"create schema {schema}")
        connection.execute(f"set search_path to {schema}")
        for name in ("contract", "control_room", "rollup_tables"):
            for statement in query_statements(VERSION_0_1_0 / f"{name}.sql"):
                connection.execute(statement)
        for statement in (*_ROLLUP_ROWS, *_OWN_ROWS):
            connection.execute(statement)


def fill(until: datetime) -> None:
    """Five days of a small demo company that ends at `until`, into the warehouse of the settings."""
    world = World(until.date(), accounts=60, episodes=500, days=5)
    with write_connection() as connection:
        marker.begin(connection, world)
        advance(connection, world, until - timedelta(days=9), until)
