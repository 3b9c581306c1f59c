"""Failures that the AI passed over: the newest of them, each with the rule that fired."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, column, func, literal_column, select, tuple_

from dashboard.metrics.facts import FACTS
from dashboard.metrics.statement import conditions, rows_of
from dashboard.reports.conversations_rows import EPISODES_EVER
from dashboard.scope import Scope
from dashboard.warehouse.read import fetch, query

MOST_LISTED = 20
RULES = {
    "went_on": "The call failed and was not recovered; the AI wrote on and did not hand off.",
    "background": "The job failed in the 24 hours before and had not been recovered; nothing in the "
    "conversation names it or calls its system.",
}
"""The rules of `queries/facts/silent_failures.sql`, in words."""

_SILENT = FACTS["silent_failures"]
_COLUMNS = (
    "account_id", "conversation_id", "span_id", "trace_id", "rule", "occurred_at", "failed_at",
    "system", "name", "error_type", "error_message", "topic", "channel",
)  # fmt: skip
_KEYS = ("account_id", "conversation_id")

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
    found = [dict(row) for row in fetch(silent_statement(scope))]
    by_rule = {row["rule"]: row["of_rule"] for row in found}
    rows = sorted(
        (row for row in found if row["place"] <= MOST_LISTED), key=lambda row: row["place"]
    )
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
        by_rule,
    )


def silent_statement(scope: Scope) -> Select:
    """What `silent_failures` asks: the newest, and the newest of each rule, with its count."""
    order: list[ColumnElement] = [column("occurred_at").desc(), column("account_id")]
    order += [column("conversation_id"), column("span_id"), column("rule")]
    rule = column("rule")
    ranked = (
        select(
            *map(column, _COLUMNS),
            func.row_number().over(order_by=order).label("place"),
            func.row_number().over(partition_by=rule, order_by=order).label("of_its"),
            func.count().over(partition_by=rule).label("of_rule"),
        )
        .select_from(rows_of(_SILENT, scope))
        .where(*conditions(_SILENT, scope.filters))
        .subquery("ranked")
    )
    return select(ranked).where((ranked.c.place <= MOST_LISTED) | (ranked.c.of_its == 1))


def _episodes(rows: list[Row], scope: Scope) -> dict[tuple, Row]:
    keys = sorted({(row["account_id"], row["conversation_id"]) for row in rows})
    if not keys:
        return {}
    names = ("subject", "outcome", "started_at")
    statement = (
        select(*map(literal_column, (*_KEYS, *names)))
        .select_from(rows_of(EPISODES_EVER, scope))
        .where(tuple_(*map(column, _KEYS)).in_(keys))
    )
    return {
        (row["account_id"], row["conversation_id"]): {name: row[name] for name in names}
        for row in fetch(statement)
    }
