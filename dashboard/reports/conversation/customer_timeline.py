"""What happened to one customer around a conversation, across systems, on one line of time."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, TextClause, literal_column, select

from dashboard.metrics.facts import FACTS
from dashboard.metrics.sql import conditions, rows_of
from dashboard.postgres.read import fetch, query
from dashboard.reports.conversation.conversation import Conversation
from dashboard.reports.conversations.rows import COLUMNS
from dashboard.scope import Scope

BEFORE = timedelta(hours=72)
AFTER = timedelta(days=7)
MOST_FAILURES = 400
MOST_CONVERSATIONS = 200
MOST_CHANGES = 200

Row = dict[str, Any]


@dataclass(frozen=True)
class Failure:
    """A failed call or job of the customer; its failed children are its `causes`, the deepest last.

    `recovered_at` is when a success of the same name and request was known, None when none was by
    the instant of asking. `is_here`: inside the conversation that is looked at.
    """

    span_id: str
    trace_id: str
    conversation_id: str | None
    origin: str
    system: str
    name: str
    error_type: str
    error_message: str | None
    started_at: datetime
    failed_at: datetime
    recovered_at: datetime | None
    is_here: bool
    causes: tuple["Failure", ...] = ()


@dataclass(frozen=True)
class Job:
    """A background job of the customer: how often it ran in the window, and when it went well."""

    system: str
    name: str
    runs: int
    succeeded_at: tuple[datetime, ...]


@dataclass(frozen=True)
class CustomerTimeline:
    """Everything from `since` until `until`, which is never after the instant of asking.

    `failures` and `conversations` (rows of the episodes fact, this one left out) stand in order of
    time, `changes` too. `left_out` says in words what there was too much of.
    """

    since: datetime
    until: datetime
    failures: tuple[Failure, ...]
    jobs: tuple[Job, ...]
    conversations: tuple[Row, ...]
    changes: tuple[Row, ...]
    left_out: tuple[str, ...] = ()

    def previous(self, started_at: datetime) -> Row | None:
        """The account's conversation before the one that started at `started_at`."""
        earlier = [row for row in self.conversations if row["started_at"] <= started_at]
        return earlier[-1] if earlier else None


def customer_timeline(about: Conversation) -> CustomerTimeline:
    """From 72 hours before the conversation's start to 7 days after, nothing after the asking.

    Raises the errors of `fetch`.
    """
    started_at, as_of = about.facts["started_at"], about.scope.as_of
    account, key = about.key
    since, until = started_at - BEFORE, min(started_at + AFTER, as_of)
    around = {
        "account": account,
        "since": since,
        # What happens at the very instant of asking is seen.
        "until": until + timedelta(microseconds=1),
        "as_of": as_of,
    }
    scope = Scope(since, around["until"], as_of)
    failures, failed = failures_of(account, scope, started_at, MOST_FAILURES, key)
    jobs = fetch(query("lists/customer_jobs.sql"), around)
    others = _other_conversations(about, scope)
    changes = fetch(
        query("lists/changes_between.sql"),
        {name: value for name, value in around.items() if name != "account"}
        | {"most": MOST_CHANGES},
    )
    return CustomerTimeline(
        since,
        until,
        failures,
        tuple(
            Job(row["system"], row["name"], row["runs"], tuple(row["succeeded_at"] or ()))
            for row in jobs
        ),
        tuple(others[:MOST_CONVERSATIONS]),
        tuple(dict(row) for row in reversed(changes)),
        _left_out(failed, others, changes),
    )


def failures_of(
    account: str, scope: Scope, around: datetime, most: int, here: str | None = None
) -> tuple[tuple[Failure, ...], int]:
    """What failed for `account` in the window of `scope`, in order of time, and how many spans did.

    At most `most` spans are read, the nearest to `around` first; `here` is the conversation that is
    looked at. Raises the errors of `fetch`.
    """
    rows = fetch(failures_statement(account, scope, around, most, here))
    found = _outermost([_failure(dict(row), here) for row in rows], rows)
    return found, rows[0]["failures"] if rows else 0


def failures_statement(
    account: str, scope: Scope, around: datetime, most: int, here: str | None = None
) -> TextClause:
    """What `failures_of` asks."""
    return query("lists/customer_failures.sql").bindparams(
        account=account,
        since=scope.since,
        until=scope.until,
        as_of=scope.as_of,
        around=around,
        most=most,
        conversation=here,
    )


def _failure(row: Row, key: str | None) -> Failure:
    is_here = key is not None and row["conversation_id"] == key
    return Failure(
        row["span_id"],
        row["trace_id"],
        row["conversation_id"],
        row["origin"],
        row["system"],
        row["name"],
        row["error_type"],
        row["error_message"],
        row["started_at"],
        row["failed_at"],
        row["recovered_at"],
        is_here,
    )


def _outermost(failures: list[Failure], rows: list) -> tuple[Failure, ...]:
    """Of a failed span and its failed children, the outermost, with the others as its causes."""
    parents = {row["span_id"]: row["parent_span_id"] for row in rows}
    found = {failure.span_id: failure for failure in failures}
    causes: dict[str, list[Failure]] = {}
    for failure in failures:
        top, seen = failure.span_id, {failure.span_id}
        # A broken source may name a span as its own ancestor.
        while (parent := parents[top]) in found and parent not in seen:
            top = parent
            seen.add(top)
        if top != failure.span_id:
            causes.setdefault(top, []).append(failure)
    inner = {failure.span_id for group in causes.values() for failure in group}
    return tuple(
        replace(
            failure,
            causes=tuple(sorted(causes.get(failure.span_id, ()), key=lambda f: f.started_at)),
        )
        for failure in sorted(failures, key=lambda f: (f.started_at, f.span_id))
        if failure.span_id not in inner
    )


def _other_conversations(about: Conversation, scope: Scope) -> list[Row]:
    account, key = about.key
    fact = FACTS["episodes"]
    own = scope.where("account", account)
    statement: Select = (
        select(*map(literal_column, COLUMNS))
        .select_from(rows_of(fact, own))
        .where(*conditions(fact, own.filters), literal_column("conversation_id") != key)
        .order_by(literal_column("started_at"), literal_column("conversation_id"))
        .limit(MOST_CONVERSATIONS + 1)
    )
    return [dict(row) for row in fetch(statement)]


def _left_out(failed: int, others: list, changes: list) -> tuple[str, ...]:
    words = []
    if failed > MOST_FAILURES:
        words.append(f"Showing the {MOST_FAILURES} nearest of {failed:,} failed calls.")
    if len(others) > MOST_CONVERSATIONS:
        words.append(f"Showing the first {MOST_CONVERSATIONS} other conversations.")
    if len(changes) == MOST_CHANGES:
        words.append(f"Showing the newest {MOST_CHANGES} changes.")
    return tuple(words)
