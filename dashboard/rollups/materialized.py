"""Materialized rows: facts that are costly to work out, kept row for row with the instants they depend on.

A materialized row says from when on it is what it is, so it answers as of any instant, today's too. Every
materialized table is filled by its fact's own file, so it cannot mean anything else.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from sqlalchemy import ColumnElement, FromClause, Select, column, literal_column, select

from dashboard.metrics.columns import columns_of
from dashboard.metrics.dimensions import ACCOUNT_DIMENSIONS, CONVERSATION_DIMENSIONS
from dashboard.metrics.facts import FACTS, Fact
from dashboard.metrics.sql import filter_columns, rows_of
from dashboard.scope import Scope


@dataclass(frozen=True, eq=False)
class MaterializedFact:
    """Rows of `fact` that meet `condition` (SQL), in the table of `control_room` named `key`.

    `path` reads them as the fact's file has them at an instant: its columns `reads`, and `besides` as
    they are kept.
    `dirty_path` names the accounts whose rows are older than the facts. `once` (SQL, of the fact as
    of the end of time) tells the rows that meet the condition at some instant, and are kept; where it
    is empty the fact's own file tells them, by `:with_past`.
    """

    key: str
    fact: Fact
    path: str
    columns: tuple[str, ...]
    reads: tuple[str, ...]
    key_columns: tuple[str, ...]
    dirty_path: str
    condition: str = "true"
    once: str = ""
    besides: tuple[str, ...] = ()

    def holds(self, columns: Iterable[str]) -> bool:
        """Whether they have these columns of the fact's rows."""
        return {*columns} <= {*self.reads, *self.besides}

    @cached_property
    def filling(self) -> Fact:
        """The fact as its rows are kept: with those that once were, and no longer are."""
        if self.once:
            return self.fact
        return replace(self.fact, fixed={**self.fact.fixed, "with_past": True})


_CALLED = (
    "account_id",
    "span_id",
    "trace_id",
    "conversation_id",
    "origin",
    "operation",
    "system",
    "name",
    "error_type",
)
_EPISODE = tuple(one.column for one in CONVERSATION_DIMENSIONS)
_ACCOUNT = tuple(one.column for one in ACCOUNT_DIMENSIONS)
"""Not kept, but looked up: an account's dimensions are those of today, and it has no time of loading."""
_FAILED = (
    *_CALLED,
    "parent_span_id",
    "started_at",
    "known_at",
    "duration_ms",
    "status_code",
    "message_shape",
    "fingerprint",
    *_EPISODE,
)
_SILENT = (*_CALLED, "rule", "occurred_at", "failed_at", *_EPISODE)
_RESOLVED = (
    "account_id",
    "conversation_id",
    *_EPISODE,
    "started_at",
    "ended_at",
    "next_episode_at",
)
_OF_CALLS = "rollups/dirty_accounts.sql"

FAILURES = MaterializedFact(
    "failures",
    FACTS["spans"],
    "rollups/materialized_failures.sql",
    (*_FAILED, "recovered_at", "excluded_at", "conversation_started_at"),
    (*_FAILED, "is_failed", "is_recovered", "is_unrecovered", *_ACCOUNT),
    ("account_id", "span_id"),
    _OF_CALLS,
    "is_failed",
    besides=("conversation_started_at",),
)
SILENT_FAILURES = MaterializedFact(
    "silent_failures",
    FACTS["silent_failures"],
    "rollups/materialized_silent_failures.sql",
    (*_SILENT, "true_from", "true_until"),
    (*_SILENT, *_ACCOUNT),
    ("account_id", "conversation_id", "span_id", "rule"),
    _OF_CALLS,
)
RESOLVED = MaterializedFact(
    "resolved",
    FACTS["episodes"],
    "rollups/materialized_resolved.sql",
    (*_RESOLVED, "closing_signal", "first_ai_reply_at", "handoff_at", "first_human_reply_at"),
    (*_RESOLVED, "outcome", "is_resolved", "known_until", *_ACCOUNT),
    ("account_id", "conversation_id"),
    "rollups/dirty_contacts.sql",
    "is_resolved",
    "closing_signal in ('confirmed', 'silent') and greatest(started_at, ended_at, first_ai_reply_at)"
    " < coalesce(least(handoff_at, first_human_reply_at), 'infinity')"
    " and ended_at is not null and first_ai_reply_at is not null",
)
"""Resolved episodes, each with the next of its account: what durable resolution is counted from."""

Rows = Callable[..., FromClause]
"""How rows are read: `compute_rows`, or what takes the same arguments."""
MATERIALIZED = (FAILURES, SILENT_FAILURES, RESOLVED)
"""Every materialized table; they are filled together, day by day."""
ROWS = "kept_rows"
"""The key of their days, among those of the rollup groups."""
_OF_FAILURES_ALONE = ("group", "message")


def compute_rows(
    kept: MaterializedFact, scope: Scope, columns: Sequence[str] = (), frame: int = 0
) -> FromClause:
    """The rows of `scope` before filters, computed from the facts: something to select from, called `fact`.

    `columns` are the fact's; none means `kept.reads`. `frame` keeps the parameters of several
    in one statement apart.
    """
    chosen: list[ColumnElement] = [column(name) for name in columns or kept.reads]
    return rows_from_facts(kept, scope, chosen, frame).subquery("fact")


def rows_from_facts(
    kept: MaterializedFact, scope: Scope, chosen: Sequence[ColumnElement], number: int
) -> Select:
    """The statement of `compute_rows`."""
    rows = rows_of(kept.fact, scope, number)
    return select(*chosen).select_from(rows).where(literal_column(kept.condition))


def materialized_for(
    fact: Fact,
    scopes: Sequence[Scope],
    by: Sequence[str] = (),
    aggregates: Iterable[str] = (),
    is_failed: bool = False,
) -> MaterializedFact | None:
    """The materialized rows among which are all that `scopes` ask the fact for, None where none are.

    They have every column that `scopes` filter, `by` groups by and `aggregates` (SQL) count; what they
    lack is asked of the facts. `is_failed` promises that only what failed is asked for.
    """
    found = None
    if fact is SILENT_FAILURES.fact:
        found = SILENT_FAILURES
    elif fact is FAILURES.fact and (is_failed or all(map(_asks_failures_alone, scopes))):
        found = FAILURES
    columns = {fact.dimension(key).column for key in by}
    columns = columns.union(*map(columns_of, aggregates))
    for scope in scopes:
        columns |= filter_columns(fact, scope.filters)
    return found if found and found.holds(columns) else None


def _asks_failures_alone(scope: Scope) -> bool:
    # Whatever did not fail has no group.
    return any(key in _OF_FAILURES_ALONE and None not in values for key, values in scope.filters)
