"""Everything that happened to one account in a window, on one line of time."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Select, TextClause, and_, column, func, literal, or_, select

from dashboard.metrics.formatting import count_text
from dashboard.metrics.sql import conditions, rows_of
from dashboard.postgres.read import fetch, query
from dashboard.reports.account.bucketed_events import EventBucket, bucketed_events
from dashboard.reports.conversation.customer_timeline import (
    Failure,
    failures_of,
    failures_statement,
)
from dashboard.reports.conversations.rows import COLUMNS, EPISODES_EVER
from dashboard.reports.shared.trend import team_changes
from dashboard.scope import Filters, Scope

MOST_CONVERSATIONS = 600
MOST_FAILURES = 500
MOST_JOB_DAYS = 1_500
MOST_CHANGES = 200

KINDS = ("conversation", "failure", "handoff", "rating", "change")
"""What an event can be."""

Row = dict[str, Any]


@dataclass(frozen=True)
class JobDay:
    """A background job on one day in the reporting time zone: runs, and how many went well.

    `succeeded_at`: when it last did that day, None when it never did.
    """

    system: str
    name: str
    day: date
    runs: int
    successes: int
    succeeded_at: datetime | None


@dataclass(frozen=True)
class AccountTimeline:
    """What there was from `since` until `until`, which is never after the instant of asking.

    `conversations`: rows of the episodes fact that started, were handed over or rated in that time, the
    newest first, and `total` of them; `failures` and `changes` in order of time. Where there are more
    conversations than rows, `bucketed_events` counts all of them by time, else it is empty. `left_out` says
    in words what there was too much of.
    """

    since: datetime
    until: datetime
    conversations: tuple[Row, ...]
    total: int
    failures: tuple[Failure, ...]
    job_days: tuple[JobDay, ...]
    changes: tuple[Row, ...]
    bucketed_events: tuple[EventBucket, ...] = ()
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True)
class Event:
    """One thing at an instant: a `Failure` where `kind` is failure, else a row of its relation."""

    at: datetime
    kind: str
    what: Any


def account_timeline(scope: Scope) -> AccountTimeline:
    """What happened in `scope`, which is filtered by one account. Raises the errors of `fetch`."""
    asked = statements(scope)
    rows = [dict(row) for row in fetch(asked["conversations"])]
    failures, failed = failures_of(account_of(scope.filters), scope, scope.until, MOST_FAILURES)
    jobs = tuple(JobDay(**row) for row in fetch(asked["background jobs by day"]))
    changes = team_changes(scope).to_dict("records")
    total = rows[0]["total"] if rows else 0
    return AccountTimeline(
        scope.since,
        # The window's end is open: as_of itself is seen.
        min(scope.until, scope.as_of + timedelta(microseconds=1)),
        tuple(rows),
        total,
        failures,
        jobs,
        tuple(reversed(changes)),
        bucketed_events(scope) if total > len(rows) else (),
        tuple(_left_out(total, failed, len(jobs), len(changes))),
    )


def statements(scope: Scope) -> dict[str, Select | TextClause]:
    """What `account_timeline` asks of the account, by what it reads."""
    account = account_of(scope.filters)
    return {
        "conversations": _conversations(scope),
        "failures": failures_statement(account, scope, scope.until, MOST_FAILURES),
        "background jobs by day": query("lists/account_job_days.sql").bindparams(
            account=account,
            since=scope.since,
            until=scope.until,
            as_of=scope.as_of,
            zone=scope.time_zone,
            most=MOST_JOB_DAYS,
        ),
    }


def events(timeline: AccountTimeline) -> Iterator[Event]:
    """Everything but the jobs that went well, one thing at a time, in no order."""
    for row in timeline.conversations:
        for kind, at in (
            ("conversation", row["started_at"]),
            ("handoff", row["handoff_at"]),
            ("rating", row["rated_at"] if row["rating"] is not None else None),
        ):
            if at is not None and timeline.since <= at < timeline.until:
                yield Event(at, kind, row)
    for failure in timeline.failures:
        yield Event(failure.failed_at, "failure", failure)
    for change in timeline.changes:
        yield Event(change["changed_at"], "change", change)


def is_waiting(row: Row) -> bool:
    """Whether the episode's handoff is open: no human has replied, and it has not ended."""
    return row["first_human_reply_at"] is None and row["ended_at"] is None


def account_of(filters: Filters) -> str:
    """The one account that `filters` let in. Raises `ValueError` where it is unknown."""
    [account] = dict(filters)["account"]
    if account is None:
        raise ValueError("An account that is not known has no timeline.")
    return account


def _conversations(scope: Scope) -> Select:
    inside = (
        and_(column(name) >= literal(scope.since), column(name) < literal(scope.until))
        for name in ("started_at", "handoff_at", "rated_at")
    )
    return (
        select(*map(column, COLUMNS), func.count().over().label("total"))
        .select_from(rows_of(EPISODES_EVER, scope))
        .where(*conditions(EPISODES_EVER, scope.filters), or_(*inside))
        .order_by(column("started_at").desc(), column("conversation_id"))
        .limit(MOST_CONVERSATIONS)
    )


def _left_out(conversations: int, failed: int, job_days: int, changes: int) -> Iterator[str]:
    shorter = "choose a shorter window to see earlier ones"
    if conversations > MOST_CONVERSATIONS:
        yield (
            f"Showing the newest {MOST_CONVERSATIONS} of {count_text(conversations, 'conversation')};"
            f" {shorter}."
        )
    if failed > MOST_FAILURES:
        yield f"Showing the newest {MOST_FAILURES} of {failed:,} failed calls; {shorter}."
    if job_days == MOST_JOB_DAYS:
        yield "Showing background jobs of the newest days only."
    if changes == MOST_CHANGES:
        yield f"Showing the newest {MOST_CHANGES} changes."
