"""One error group in a window: its newest failures, what they ran in, the conversations that hold them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnClause,
    ColumnElement,
    Select,
    Subquery,
    and_,
    column,
    func,
    literal,
    literal_column,
    select,
    table,
)
from sqlalchemy.dialects.postgresql import distinct_on

from dashboard.metrics.sql import conditions
from dashboard.postgres.read import fetch, query
from dashboard.reports.api_errors.error_groups import SPANS
from dashboard.reports.api_errors.error_identity import Identity, of_group
from dashboard.reports.conversations.rows import keys_behind, with_episode
from dashboard.rollups.materialized import FAILURES, Rows, compute_rows
from dashboard.rollups.materialized_rows import materialized_rows
from dashboard.scope import Scope

MOST_SAMPLES = 8
MOST_CONVERSATIONS = 8
_LONGEST_MESSAGE = 1_000
_MOST_CALLERS = 3
_SPAN_KEYS = ("account_id", "span_id")

Row = dict[str, Any]


@dataclass(frozen=True)
class Sample:
    """One failed span, as it came. `message` is not masked, and cut where it is long."""

    account_id: str
    account_name: str
    conversation_id: str | None
    trace_id: str
    span_id: str
    started_at: datetime
    duration_ms: float | None
    status_code: str | None
    message: str | None
    is_recovered: bool


@dataclass(frozen=True)
class Affected:
    """The conversations that hold such a failure in the window: how many, by outcome, the newest.

    `newest`: rows of the episodes fact with `account_name`. `outcomes`: outcome → how many, of
    those that the warehouse has and does not exclude.
    """

    total: int
    outcomes: dict[str, int]
    newest: tuple[Row, ...]


@dataclass(frozen=True)
class Window:
    """The group within the window and the page's filters.

    `callers`: system and name of the spans that these ran in, and of how many, the most first.
    """

    spans: int
    recovered: int
    accounts: int
    affected: Affected
    callers: tuple[tuple[str, str, int], ...]
    samples: tuple[Sample, ...]


def window(group: Identity, scope: Scope) -> Window:
    """What the group did in the window. Raises the errors of `fetch`."""
    sums = fetch(_sums(group, scope))[0]
    return Window(
        sums["spans"],
        sums["recovered"],
        sums["accounts"],
        affected(group, scope, sums["conversations"]),
        callers(group, scope),
        samples(group, scope),
    )


def _sums(group: Identity, scope: Scope) -> Select:
    conversation: ColumnClause = literal_column("(account_id, conversation_id)")
    return select(
        func.count().label("spans"),
        func.count().filter(column("is_recovered")).label("recovered"),
        func.count(column("account_id").distinct()).label("accounts"),
        func.count(conversation.distinct())
        .filter(column("conversation_id").is_not(None))
        .label("conversations"),
    ).select_from(_failures(group, scope))


def _failures(group: Identity, scope: Scope) -> Subquery:
    where = (*of_group(group), *conditions(SPANS, scope.filters))
    names = ("account_id", "conversation_id", "parent_span_id", "is_recovered")
    rows: Select = (
        select(*map(column, names)).select_from(materialized_rows(FAILURES, scope)).where(*where)
    )
    return rows.subquery("failure")


def callers(group: Identity, scope: Scope) -> tuple[tuple[str, str, int], ...]:
    """What the failures ran in: system, name, how many. Raises the errors of `fetch`."""
    failure = _failures(group, scope)
    ran = table("spans", *map(column, (*_SPAN_KEYS, "system", "name", "started_at", "duration_ms")))
    milliseconds = func.coalesce(ran.c.duration_ms, 0) * literal(timedelta(milliseconds=1))
    inside = and_(
        ran.c.account_id == failure.c.account_id,
        ran.c.span_id == failure.c.parent_span_id,
        ran.c.started_at + milliseconds <= scope.as_of,
    )
    spans = func.count().label("spans")
    rows = fetch(
        select(ran.c.system, ran.c.name, spans)
        .select_from(failure.join(ran, inside))
        .group_by(ran.c.system, ran.c.name)
        .order_by(spans.desc(), ran.c.system, ran.c.name)
        .limit(_MOST_CALLERS)
    )
    return tuple((row["system"], row["name"], row["spans"]) for row in rows)


def samples(group: Identity, scope: Scope) -> tuple[Sample, ...]:
    """The newest failure of each of the newest traces. Raises the errors of `fetch`."""
    rows = fetch(samples_statement(group, scope, materialized_rows))
    known = _account_names([row["account_id"] for row in rows])
    return tuple(
        Sample(
            row["account_id"],
            known.get(row["account_id"]) or row["account_id"],
            *(
                row[name]
                for name in (
                    "conversation_id",
                    "trace_id",
                    "span_id",
                    "started_at",
                    "duration_ms",
                    "status_code",
                    "message",
                    "is_recovered",
                )
            ),
        )
        for row in rows
    )


def samples_statement(group: Identity, scope: Scope, rows: Rows = compute_rows) -> Select:
    """What `samples` asks."""
    names = (
        "account_id",
        "conversation_id",
        "trace_id",
        "span_id",
        "started_at",
        "duration_ms",
        "status_code",
        "is_recovered",
    )
    newest = (
        select(*map(column, names))
        .ext(distinct_on(column("account_id"), column("trace_id")))
        .select_from(rows(FAILURES, scope))
        .where(*of_group(group), *conditions(SPANS, scope.filters))
        .order_by(column("account_id"), column("trace_id"), column("started_at").desc())
        .subquery("newest")
    )
    shown = select(newest).order_by(*_newest_first(newest)).limit(MOST_SAMPLES).subquery("shown")
    spans = table("spans", *map(column, (*_SPAN_KEYS, "error_message")))
    message = func.left(spans.c.error_message, _LONGEST_MESSAGE).label("message")
    same = and_(*(spans.c[key] == shown.c[key] for key in _SPAN_KEYS))
    described = select(shown, message).select_from(shown.join(spans, same))
    return described.order_by(*_newest_first(shown))


def _newest_first(rows: Subquery) -> tuple[ColumnElement, ...]:
    return (rows.c.started_at.desc(), rows.c.account_id, rows.c.trace_id)


def affected(group: Identity, scope: Scope, total: int) -> Affected:
    """The conversations of the window with such a failure, `total` of them as the figure counts."""
    outcomes: dict[str, int] = {}
    newest: list[Row] = []
    if total:
        for row in fetch(affected_statement(group, scope, materialized_rows)):
            outcomes[row["outcome"]] = row["of_outcome"]
            if row["place"] <= MOST_CONVERSATIONS:
                newest.append(dict(row))
    names = _account_names([row["account_id"] for row in newest])
    return Affected(
        total,
        outcomes,
        tuple(
            row | {"account_name": names.get(row["account_id"]) or row["account_id"]}
            for row in sorted(newest, key=lambda row: row["place"])[:MOST_CONVERSATIONS]
        ),
    )


def affected_statement(group: Identity, scope: Scope, rows: Rows = compute_rows) -> Select:
    """What `affected` asks: the newest conversations, and the newest of each outcome, with its count."""
    behind = keys_behind(
        rows(FAILURES, scope, frame=1),
        (
            *of_group(group),
            *conditions(SPANS, scope.filters),
            column("conversation_id").is_not(None),
        ),
    )
    names = ("account_id", "conversation_id", "subject", "topic", "started_at", "outcome")
    episodes = with_episode(behind, scope, *map(column, names))
    episode = episodes.right.c
    order = [episode.started_at.desc(), episode.account_id, episode.conversation_id]
    ranked = (
        select(
            *episode,
            func.row_number().over(order_by=order).label("place"),
            func.row_number().over(partition_by=episode.outcome, order_by=order).label("of_its"),
            func.count().over(partition_by=episode.outcome).label("of_outcome"),
        )
        .select_from(episodes)
        .subquery("ranked")
    )
    return select(ranked).where((ranked.c.place <= MOST_CONVERSATIONS) | (ranked.c.of_its == 1))


def _account_names(accounts: list[str]) -> dict[str, str]:
    rows = fetch(query("lists/account_names.sql"), {"accounts": sorted(set(accounts))})
    return {row["account_id"]: row["name"] for row in rows}
