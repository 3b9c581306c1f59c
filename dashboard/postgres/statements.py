"""Statements on the connection that writes: of the files under `queries/`, and composed ones."""

from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import Compiled, text
from sqlalchemy.dialects.postgresql.psycopg import dialect

from dashboard.postgres.sql_text import Statement
from dashboard.query_files import query_text

_DIALECT = dialect()


def run_file(connection: psycopg.Connection, path: str, **values: Any) -> list[tuple]:
    """Run the statement of a file under `queries/` on a writing connection; its rows.

    `values` are all of its parameters: one that is missing would be null, and count nothing in silence.
    """
    return run_text(connection, query_text(path), **values)


def run_text(connection: psycopg.Connection, statement: str, **values: Any) -> list[tuple]:
    """The same for the text of one."""
    compiled = _compiled(text(statement))
    if set(values) != set(compiled.params):
        first = statement.partition("\n")[0]
        raise ValueError(f"{first!r} takes {sorted(compiled.params)}, not {sorted(values)}.")
    cursor = connection.execute(str(compiled), {**compiled.params, **values})
    return cursor.fetchall() if cursor.description else []


def run_composed(
    connection: psycopg.Connection, around: sql.Composable, statement: Statement
) -> None:
    """Run `around`, with the composed `statement` in its place."""
    compiled = _compiled(statement)
    # A value is bound; a percent sign of the statement's own is doubled by the compiler.
    text_around = around.as_string(connection)
    connection.execute(text_around.replace("{}", str(compiled)), compiled.params)


def _compiled(statement: Statement) -> Compiled:
    return statement.compile(dialect=_DIALECT, compile_kwargs={"render_postcompile": True})
