"""Saved views: a page and its parameters under a name, shared by all users of this warehouse."""

import logging
from dataclasses import dataclass
from datetime import datetime

import psycopg

from dashboard.errors import ViewInvalid, WriteDenied
from dashboard.postgres.engines import write_connection
from dashboard.postgres.migrations import CONTROL_ROOM, migrate
from dashboard.postgres.read import fetch, query
from dashboard.query_files import query_text

LONGEST_NAME = 80
MOST_VIEWS = 200
_REFUSED = (
    psycopg.errors.InsufficientPrivilege,
    psycopg.errors.ReadOnlySqlTransaction,
    psycopg.errors.UndefinedTable,
    psycopg.errors.InvalidSchemaName,
)

log = logging.getLogger("dashboard")


@dataclass(frozen=True)
class View:
    """`page` is its path, empty for the control room; `parameters` its query string, as a link has it."""

    key: int
    name: str
    page: str
    parameters: str
    saved_at: datetime


def views(name: str | None = None) -> list[View]:
    """All views, or the one of that name; empty where none was saved. Raises the errors of `fetch`."""
    if not fetch(query("lists/views_rights.sql"))[0]["may_read"]:
        return []
    rows = fetch(query("lists/views.sql"), {"name": name, "most": MOST_VIEWS})
    return [View(**row) for row in rows]


def why_not_saved() -> str | None:
    """A sentence where the product may not write views, else None. Raises `WarehouseUnreachable`."""
    with write_connection() as connection:
        [(_, may_write)] = connection.execute(query_text("lists/views_rights.sql")).fetchall()
    return None if may_write else str(_refused())


def clean_name(text: str) -> str:
    """A view's name as it is stored: on one line, without NUL. Raises `ViewInvalid`."""
    name = " ".join(text.replace("\x00", "").split())
    if not name:
        raise ViewInvalid("A view needs a name.")
    if len(name) > LONGEST_NAME:
        raise ViewInvalid(
            f"A view name has at most {LONGEST_NAME} characters; this one has {len(name)}."
        )
    return name


def save_view(text: str, page: str, parameters: str, replaces: bool = False) -> None:
    """Save a view by name. One of the same name is replaced only where `replaces` says so.

    Raises `ViewInvalid`, `WriteDenied` and `WarehouseUnreachable`.
    """
    name = clean_name(text)
    conflict = (
        "(name) do update set page = excluded.page, parameters = excluded.parameters,"
        " saved_at = now()"
        if replaces
        else "do nothing"
    )
    saved = _write(
        "insert into control_room.views (name, page, parameters) values (%s, %s, %s)"
        f" on conflict {conflict}",
        (name, page, parameters),
    )
    if not saved:
        raise ViewInvalid(f"A view “{name}” already exists.", "Replace it, or choose another name.")


def delete_view(key: int) -> None:
    """Delete a view for everyone. Raises as `save_view` does."""
    _write("delete from control_room.views where key = %s", (key,))


def _write(statement: str, values: tuple) -> int:
    """How many rows were written. A warehouse that was made before there were views gets their table."""
    try:
        with write_connection() as connection:
            [(there,)] = connection.execute("select to_regclass('control_room.views')").fetchall()
            connection.commit()
            if there is None:
                migrate(connection, (CONTROL_ROOM,))
            return connection.execute(statement, values).rowcount
    except _REFUSED as error:
        log.warning("a view was not written: %s", error)
        raise _refused() from error


def _refused() -> WriteDenied:
    return WriteDenied(
        "Views cannot be saved: Control Room has no write access to this warehouse.",
        "Bookmark the link instead.",
    )
