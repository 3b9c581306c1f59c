"""Handoffs one by one: those waiting at `as_of`, and those that got no reply."""

from dataclasses import dataclass

import pandas as pd
from sqlalchemy import ColumnElement, Select, TextClause, column, func, literal_column, select

from dashboard.metrics.definitions.counts import UNANSWERED
from dashboard.metrics.facts import FACTS
from dashboard.metrics.sql import conditions, rows_of
from dashboard.postgres.read import read
from dashboard.query.measure import measure
from dashboard.reports.shared.account_names import with_account_names
from dashboard.reports.shared.nearest import likely_length, nearest
from dashboard.scope import Scope

_WAITING = FACTS["waiting_handoffs"]
_HANDOFFS = FACTS["handoffs"]
_COLUMNS = (
    "account_id",
    "conversation_id",
    "topic",
    "channel",
    "plan",
    "handoff_reason",
    "handoff_queue",
    "handoff_at",
)


@dataclass(frozen=True)
class Handoffs:
    """`rows`: a handoff each, with `account_name` and `waited_s` (seconds); `total` counts all there are."""

    rows: pd.DataFrame
    total: int


def waiting(scope: Scope, most: int) -> Handoffs:
    """The handoffs that wait at the end of `scope`, the oldest first. Raises the errors of `read`."""
    rows = read(waiting_statement(scope, most))
    return Handoffs(with_account_names(rows), int(rows["total"].iloc[0]) if len(rows) else 0)


def waiting_statement(scope: Scope, most: int) -> Select:
    """What `waiting` asks."""
    order: tuple[ColumnElement, ...] = (
        column("handoff_at"),
        column("account_id"),
        column("conversation_id"),
    )
    return (
        _rows(rows_of(_WAITING, scope), func.count().over().label("total"))
        .where(*conditions(_WAITING, scope.filters))
        .order_by(*order)
        .limit(most)
    )


def unanswered(scope: Scope, most: int) -> Handoffs:
    """The handoffs of `scope` whose episode ended without a human reply, the newest first.

    `ended_at` is the end of the episode. Raises the errors of `read`.
    """
    total = int(measure(["unanswered_rate"], scope).iloc[0]["numerator"])
    first = likely_length(scope, most, total)
    rows = nearest(lambda part: read(unanswered_statement(part, most)), scope, most, first)
    return Handoffs(with_account_names(rows), total)


def unanswered_statement(scope: Scope, most: int) -> Select:
    """What `unanswered` asks."""
    order: tuple[ColumnElement, ...] = (
        column("handoff_at").desc(),
        column("account_id"),
        column("conversation_id"),
    )
    return (
        _rows(rows_of(_HANDOFFS, scope), column("ended_at"), column("times_placed"))
        .where(literal_column(f"({UNANSWERED.where})"), *conditions(_HANDOFFS, scope.filters))
        .order_by(*order)
        .limit(most)
    )


def _rows(source: TextClause, *more: ColumnElement) -> Select:
    waited: ColumnElement = literal_column("cast(waited_s as double precision)").label("waited_s")
    return select(*map(column, _COLUMNS), waited, *more).select_from(source)
