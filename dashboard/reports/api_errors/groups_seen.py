"""When every error group was first and last seen, in the whole history."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnClause, FromClause, RowMapping, Select, column, func, select

from dashboard.postgres.read import fetch, query
from dashboard.rollups.materialized import FAILURES, Rows, compute_rows
from dashboard.rollups.materialized_rows import dirty_rows, materialized_rows
from dashboard.rollups.usable_days import MaterializedDays, materialized_days
from dashboard.scope import Scope

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)

Ever = dict[str, tuple[datetime, datetime]]
"""Fingerprint → the first and the last failure of the group in the whole history."""


def ever(scope: Scope) -> Scope:
    """The whole history by the scope's instant, without filters."""
    end = scope.as_of + timedelta(microseconds=1)
    return replace(scope, since=LONG_AGO, until=end, filters=())


def seen_ever(scope: Scope) -> Ever:
    """When every group there is was first and last seen. Raises the errors of `fetch`."""
    days = materialized_days()
    if days and days.is_whole:
        return _from_days(scope, days)
    return _seen(fetch(seen_ever_statement(scope, materialized_rows)))


def seen_ever_statement(scope: Scope, rows: Rows = compute_rows) -> Select:
    """What `seen_ever` asks where nothing is kept: one pass over all failures of the history."""
    return _first_and_last(rows(FAILURES, ever(scope), ("fingerprint", "started_at")))


def _first_and_last(rows: FromClause) -> Select:
    fingerprint: ColumnClause = column("fingerprint")
    started_at: ColumnClause = column("started_at")
    return (
        select(
            fingerprint,
            func.min(started_at).label("first_seen"),
            func.max(started_at).label("last_seen"),
        )
        .select_from(rows)
        .group_by(fingerprint)
    )


def _from_days(scope: Scope, days: MaterializedDays) -> Ever:
    """A group that fails every day is not counted through for it."""
    since = days.dirty(FAILURES)
    dirty = {"dirty": since.accounts, "dirty_since": since.since}
    rows = fetch(query("rollups/groups_seen.sql"), {"as_of": scope.as_of, **dirty})
    unsure = [row["fingerprint"] for row in rows if None in (row["first_seen"], row["last_seen"])]
    seen = _seen(row for row in rows if row["fingerprint"] not in unsure)
    if unsure:
        is_unsure = column("fingerprint").in_(unsure)
        seen |= _seen(fetch(seen_ever_statement(scope, materialized_rows).where(is_unsure)))
    if since.accounts:
        loaded = dirty_rows(FAILURES, ever(scope), days, ("fingerprint", "started_at"))
        for fingerprint, (first, last) in _seen(fetch(_first_and_last(loaded))).items():
            held_first, held_last = seen.get(fingerprint, (first, last))
            seen[fingerprint] = (min(first, held_first), max(last, held_last))
    return seen


def _seen(rows: Iterable[RowMapping]) -> Ever:
    return {row["fingerprint"]: (row["first_seen"], row["last_seen"]) for row in rows}
