"""How everything on screen is read: one statement in, one frame out, and errors in plain words."""

import re
import time
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import psycopg
from sqlalchemy import Executable, RowMapping, TextClause, text
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from dashboard.errors import SchemaMismatch, WarehouseError, WarehouseSlow
from dashboard.postgres.contract import relations
from dashboard.postgres.engines import read_engine, refusal
from dashboard.query_files import query_text
from dashboard.settings import settings

_NAMED = re.compile(r'(?:column|relation) (?P<name>"[^"]+"|[\w.]+) does not exist')
_MISSING = (
    psycopg.errors.UndefinedTable,
    psycopg.errors.UndefinedColumn,
    psycopg.errors.InvalidSchemaName,
    psycopg.errors.InsufficientPrivilege,
    psycopg.errors.DatatypeMismatch,
    psycopg.errors.UndefinedFunction,
)

FrameRow = Any
"""A row of `frame.itertuples()`: its columns are attributes, of whatever type they have."""


def fetch(statement: Executable, parameters: Mapping[str, Any] | None = None) -> list[RowMapping]:
    """Run one read-only statement; its rows as mappings, in order, null as None.

    Raises `WarehouseUnreachable`, `WarehouseSlow` or `SchemaMismatch`.
    """
    started = time.monotonic()
    try:
        with read_engine().connect() as connection:
            return list(connection.execute(statement, parameters or {}).mappings())
    except SQLAlchemyError as error:
        raise _describe_error(error, time.monotonic() - started) from error


def read(statement: Executable, parameters: Mapping[str, Any] | None = None) -> pd.DataFrame:
    """The rows of `fetch` as a frame. Text columns hold None, not NaN, where nothing is known."""
    started = time.monotonic()
    try:
        with read_engine().connect() as connection:
            result = connection.execute(statement, parameters or {})
            rows, names = result.fetchall(), list(result.keys())
    except SQLAlchemyError as error:
        raise _describe_error(error, time.monotonic() - started) from error
    return frame_of(rows, names)


def frame_of(rows: Sequence[Sequence[Any]], names: list[str]) -> pd.DataFrame:
    """A frame in which text stays as it came: pandas would turn None among text into NaN."""
    frame = pd.DataFrame(rows, columns=names, dtype=object)
    for name in names:
        values = frame[name].dropna()
        if len(values) and not isinstance(values.iloc[0], str):
            frame[name] = frame[name].infer_objects()
    return frame


def query(path: str) -> TextClause:
    """The statement of a file under `queries/`, for example `lists/messages.sql`."""
    return text(query_text(path))


def _describe_error(error: SQLAlchemyError, seconds: float) -> WarehouseError:
    cause = error.orig if isinstance(error, DBAPIError) else None
    if isinstance(cause, psycopg.errors.QueryCanceled):
        return WarehouseSlow(
            f"The warehouse did not answer within {seconds:.0f} seconds.",
            "Choose a shorter window, or ask the warehouse's owner about its load.",
        )
    if isinstance(cause, _MISSING):
        return _describe_missing(cause)
    if isinstance(error, PoolTimeout):
        return WarehouseSlow(
            f"The warehouse was busy with this control room's questions for {seconds:.0f} seconds.",
            "Retrying automatically; shorter windows are faster.",
        )
    if isinstance(error, OperationalError) or cause is None:
        return refusal(
            cause,
            "Check that PostgreSQL runs and WAREHOUSE_URL is correct. Retrying automatically."
            if settings().warehouse_url
            else "It is being restarted. Retrying automatically.",
        )
    return WarehouseError(
        f"The warehouse rejected a query ({type(cause).__name__}).",
        "Run `python -m dashboard check`.",
    )


def _describe_missing(cause: psycopg.Error) -> WarehouseError:
    what = str(cause).splitlines()[0]
    named = _NAMED.search(what)
    if named and not _is_in_contract(named["name"]):
        return WarehouseError(
            f"Control Room sent invalid SQL: {what}.",
            "This is a bug in Control Room; please report it with this message.",
        )
    return SchemaMismatch(
        f"The warehouse does not match the contract: {what}.",
        "Run `python -m dashboard check` to list all faults.",
    )


def _is_in_contract(name: str) -> bool:
    """Whether `name`, as the server writes it, is a relation or column of the contract, or our own."""
    schema, _, last = name.replace('"', "").rpartition(".")
    known = {relation.name for relation in relations().values()}
    columns = {column for relation in relations().values() for column in relation.column_names()}
    return last in known | columns or schema == "control_room"
