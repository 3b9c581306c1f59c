"""Lists by the calls within a conversation: which were made, which failed, how many."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import (
    ColumnClause,
    ColumnElement,
    FromClause,
    Select,
    Subquery,
    TextClause,
    and_,
    column,
    exists,
    func,
    literal_column,
    not_,
    select,
    tuple_,
)
from sqlalchemy.dialects.postgresql import distinct_on

from dashboard.metrics.facts import FACTS
from dashboard.metrics.sql import conditions, filter_columns, rows_of
from dashboard.reports.conversations.question import Question
from dashboard.rollups.materialized import FAILURES
from dashboard.rollups.materialized_rows import materialized_rows
from dashboard.scope import Filters, Scope

_SPANS = FACTS["spans"]
_KEYS: tuple[ColumnClause, ...] = (column("account_id"), column("conversation_id"))
_OF_EPISODES = {d.key for d in FACTS["episodes"].dimensions if _SPANS.has(d.key)}
_BEGUN: ColumnClause = column("conversation_started_at")
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


def failed_calls(
    scope: Scope, frame: int, calls: Sequence[ColumnElement[bool]] = (), starts_within: bool = False
) -> Select:
    """Conversation → `failed_spans`, the calls in it that had failed by the instant of asking.

    `starts_within` promises that only conversations that start in the window are asked for.
    """
    where = (*calls, *_within(scope, starts_within), column("conversation_id").is_not(None))
    return (
        select(*_KEYS, func.count().label("failed_spans"))
        .select_from(_failed(scope, frame))
        .where(*where)
        .group_by(*_KEYS)
    )


def with_calls(
    question: Question,
    calls: Filters,
    scope: Scope,
    listed: Subquery,
    is_near: bool,
    starts_within: bool,
) -> Subquery:
    """The listed conversations whose calls are as asked; a sort by failed calls counts them.

    `starts_within`: all of them start in the window.
    """
    rows: FromClause = listed
    source: FromClause = listed
    where: list[ColumnElement[bool]] = []
    asked = conditions(_SPANS, calls)
    if question.failed in ("yes", "unrecovered"):
        # Met by one call together: failed, and of that system.
        met_by = list(asked)
        if question.failed == "unrecovered":
            met_by.append(column("is_unrecovered"))
        if is_near:
            where.append(_has_call(listed, _failed(scope, 4), met_by, is_near))
        else:
            met = failed_calls(scope, 4, met_by, starts_within).subquery("met")
            rows = _looked_up(listed, met)
            source = met.join(rows, _same_conversation(rows, met))
    elif asked:
        where.append(_has_call(listed, rows_of(_SPANS, _all_time(scope), 2), asked, is_near))
    if question.failed == "no" and is_near:
        where.append(not_(_has_call(listed, _failed(scope, 4), asked, is_near)))
    elif question.failed == "no":
        broken = failed_calls(scope, 4, asked, starts_within).subquery("broken")
        source = source.outerjoin(broken, _same_conversation(listed, broken))
        where.append(broken.c.account_id.is_(None))
    sort: ColumnElement = rows.c.sort_value
    if question.sort == "most failed spans":
        counted = failed_calls(scope, 3, (), starts_within).subquery("counted")
        source = source.outerjoin(counted, _same_conversation(rows, counted))
        sort = func.coalesce(counted.c.failed_spans, 0)
    if not where and source is listed:
        return listed
    shown = [shown for shown in rows.c if shown.name != "sort_value"]
    chosen = select(*shown, sort.label("sort_value")).select_from(source).where(*where)
    return chosen.subquery("listed_by_calls")


def _looked_up(listed: Subquery, met: Subquery) -> FromClause:
    """Those of `listed` that are among `met`, one by one: few of a window's conversations are."""
    own = select(listed).where(_same_conversation(listed, met))
    # Distinct, though a conversation is: else the planner may read the whole window and compare.
    return own.ext(distinct_on(listed.c.account_id)).lateral("own")


def _failed(scope: Scope, frame: int) -> FromClause:
    # With whatever the list may filter its calls by; what is not kept of it is read from the facts.
    columns = {*FAILURES.reads, *FAILURES.besides, *filter_columns(_SPANS, scope.filters)}
    return materialized_rows(FAILURES, _all_time(scope), sorted(columns), frame)


def _within(scope: Scope, starts_within: bool) -> list[ColumnElement[bool]]:
    # Said of the calls too, else all failures ever are compared with all conversations of the window.
    if not starts_within:
        return []
    shared = tuple(pair for pair in scope.filters if pair[0] in _OF_EPISODES)
    return [_BEGUN.between(scope.since, scope.until), *conditions(_SPANS, shared)]


def _has_call(
    listed: Subquery,
    calls: FromClause | TextClause,
    wanted: Sequence[ColumnElement[bool]],
    is_near: bool,
) -> ColumnElement[bool]:
    found = select(*_KEYS).select_from(calls)
    found = found.where(*wanted, column("conversation_id").is_not(None))
    if not is_near:
        return tuple_(listed.c.account_id, listed.c.conversation_id).in_(found)
    own = (
        literal_column("fact.account_id") == listed.c.account_id,
        literal_column("fact.conversation_id") == listed.c.conversation_id,
    )
    return exists(found.where(*own).offset(0))


def _same_conversation(one: FromClause, other: FromClause) -> ColumnElement[bool]:
    return and_(
        one.c.account_id == other.c.account_id, one.c.conversation_id == other.c.conversation_id
    )


def _all_time(scope: Scope) -> Scope:
    # A call belongs to its conversation however long before or after the window it was made.
    return replace(scope, since=_LONG_AGO, until=scope.as_of + timedelta(microseconds=1))
