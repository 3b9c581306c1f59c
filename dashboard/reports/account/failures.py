"""The failures of an account, grouped by system, name and error type."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, column, func, literal_column, select

from dashboard.metrics.facts import FACTS
from dashboard.metrics.sql import conditions, rows_of
from dashboard.postgres.read import fetch
from dashboard.query.measure import measure
from dashboard.scope import Scope

_SPANS = FACTS["spans"]
KIND = ("system", "name", "error_type")
"""The dimensions that failures are grouped by."""
_LAST = ("error_message", "trace_id", "span_id", "conversation_id")
_LONGEST_MESSAGE = 300


@dataclass(frozen=True)
class FailureGroup:
    """Failed spans of one system, name and error type in the window; what `last_…` is of the newest.

    `in_background` of them have no conversation.
    """

    system: str
    name: str
    error_type: str
    failed: int
    recovered: int
    in_background: int
    last_at: datetime
    last_message: str | None
    last_trace_id: str
    last_span_id: str
    last_conversation_id: str | None

    @property
    def kind(self) -> tuple[str, str, str]:
        """Its values of `KIND`."""
        return self.system, self.name, self.error_type


@dataclass(frozen=True)
class Failures:
    """The groups, the largest first; `groups` and `failed` count all, `rows` holds at most as many as
    asked for."""

    rows: tuple[FailureGroup, ...]
    groups: int
    failed: int


def account_failures(scope: Scope, most: int) -> Failures:
    """The failure groups of the account that `scope` is filtered by. Raises the errors of `fetch`."""
    rows = fetch(failures_statement(scope, most))
    found = tuple(
        FailureGroup(**{name: value for name, value in row.items() if not name.startswith("all_")})
        for row in rows
    )
    whole = (rows[0]["all_groups"], int(rows[0]["all_failed"])) if rows else (0, 0)
    return Failures(found, *whole)


def silent_by_kind(scope: Scope) -> dict[tuple[str, str, str], int]:
    """Values of `KIND` → silent failures, where there are any. The errors of `measure` pass through."""
    rows = measure(["silent_failures"], scope, by=KIND)
    kinds = zip(*(rows[dimension] for dimension in KIND), strict=True)
    return dict(zip(kinds, map(int, rows["value"]), strict=True))


def failures_statement(scope: Scope, most: int) -> Select:
    """What `account_failures` asks."""
    failed = func.count()
    newest: list[ColumnElement] = [
        literal_column(f"(array_agg({name} order by started_at desc, span_id))[1]")
        for name in _LAST
    ]
    newest[0] = func.left(newest[0], _LONGEST_MESSAGE)
    labels = ("last_message", *(f"last_{name}" for name in _LAST[1:]))
    return (
        select(
            *map(column, KIND),
            failed.label("failed"),
            failed.filter(column("is_recovered")).label("recovered"),
            failed.filter(column("conversation_id").is_(None)).label("in_background"),
            func.max(column("started_at")).label("last_at"),
            *(value.label(label) for value, label in zip(newest, labels, strict=True)),
            func.count().over().label("all_groups"),
            func.sum(func.count()).over().label("all_failed"),
        )
        .select_from(rows_of(_SPANS, scope))
        .where(column("is_failed"), *conditions(_SPANS, scope.filters))
        .group_by(*map(column, KIND))
        .order_by(failed.desc(), func.max(column("started_at")).desc(), *map(column, KIND))
        .limit(most)
    )
