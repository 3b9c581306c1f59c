"""Silent failures: the newest, each with the rule it matches."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, column, literal_column, select, table, tuple_

from dashboard.metrics.sql import conditions, filter_columns, rows_of
from dashboard.postgres.read import fetch, query
from dashboard.query.measure import measure
from dashboard.reports.conversations.rows import EPISODES_EVER
from dashboard.rollups.materialized import SILENT_FAILURES, Rows, compute_rows
from dashboard.rollups.materialized_rows import materialized_rows
from dashboard.scope import Scope

MOST_LISTED = 20
RULES = {
    "went_on": "A call failed and was not recovered; the AI continued without handing off.",
    "background": "A job failed in the 24 hours before the conversation and was not recovered; no "
    "message mentions it and no call uses its system.",
}
"""The rules of `queries/facts/silent_failures.sql`, in words."""

_SILENT = SILENT_FAILURES.fact
_COLUMNS = (
    "account_id",
    "conversation_id",
    "span_id",
    "trace_id",
    "rule",
    "occurred_at",
    "failed_at",
    "system",
    "name",
    "error_type",
    "topic",
    "channel",
)
_KEYS = ("account_id", "conversation_id")
_SPAN_KEYS = ("account_id", "span_id")

Row = dict[str, Any]


@dataclass(frozen=True)
class SilentFailures:
    """`rows`: the newest, with `account_name`, `subject`, `outcome` and `started_at` of the episode.

    `by_rule`: rule → how many there are in all.
    """

    rows: tuple[Row, ...]
    by_rule: dict[str, int]

    @property
    def total(self) -> int:
        return sum(self.by_rule.values())


def silent_failures(scope: Scope) -> SilentFailures:
    """The silent failures of `scope`, newest first. Raises the errors of `fetch`."""
    by_rule = measure(["silent_failures"], scope, by=["rule"])
    rows = [dict(row) for row in fetch(silent_statement(scope, materialized_rows))]
    episodes = _episodes(rows, scope)
    names = fetch(
        query("lists/account_names.sql"), {"accounts": sorted({row["account_id"] for row in rows})}
    )
    accounts = {row["account_id"]: row["name"] for row in names}
    return SilentFailures(
        tuple(
            row
            | episodes.get((row["account_id"], row["conversation_id"]), {})
            | {"account_name": accounts.get(row["account_id"]) or row["account_id"]}
            for row in rows
        ),
        dict(zip(by_rule["rule"], map(int, by_rule["value"]), strict=True)),
    )


def silent_statement(scope: Scope, rows: Rows = compute_rows) -> Select:
    """The newest of them, each with its message, which alone is not kept beside them."""
    columns = sorted({*_COLUMNS, *filter_columns(_SILENT, scope.filters)})
    newest = (
        select(*map(column, _COLUMNS))
        .select_from(rows(SILENT_FAILURES, scope, columns))
        .where(*conditions(_SILENT, scope.filters))
        .order_by(*_order(column))
        .limit(MOST_LISTED)
        .subquery("newest")
    )
    spans = table("spans", *map(column, (*_SPAN_KEYS, "error_message")))
    same = and_(*(spans.c[key] == newest.c[key] for key in _SPAN_KEYS))
    described = select(newest, spans.c.error_message).select_from(newest.join(spans, same))
    return described.order_by(*_order(newest.c.__getitem__))


def _order(named: Callable[[str], ColumnElement]) -> list[ColumnElement]:
    others = ("account_id", "conversation_id", "span_id", "rule")
    return [named("occurred_at").desc(), *map(named, others)]


def _episodes(rows: list[Row], scope: Scope) -> dict[tuple, Row]:
    keys = sorted({(row["account_id"], row["conversation_id"]) for row in rows})
    if not keys:
        return {}
    names = ("subject", "outcome", "started_at")
    statement: Select = (
        select(*map(literal_column, (*_KEYS, *names)))
        .select_from(rows_of(EPISODES_EVER, scope))
        .where(tuple_(*map(column, _KEYS)).in_(keys))
    )
    return {
        (row["account_id"], row["conversation_id"]): {name: row[name] for name in names}
        for row in fetch(statement)
    }
