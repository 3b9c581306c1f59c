"""The list of conversations: one page of it, how many there are, and the parts of the figure behind it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import (
    ColumnClause,
    ColumnElement,
    FromClause,
    RowMapping,
    Select,
    column,
    func,
    literal_column,
    select,
    tuple_,
)

from dashboard.metrics.facts import FACTS
from dashboard.metrics.sql import among, conditions, rows_of
from dashboard.postgres.read import fetch, query
from dashboard.query.measure import measure
from dashboard.reports.conversations.counts import PartCount, counted, part_counts, total
from dashboard.reports.conversations.question import PAGE_ROWS, Question
from dashboard.reports.conversations.rows import (
    COLUMNS,
    FURTHER,
    any_time,
    is_by_date,
    is_descending,
    matching,
    ordered,
    part_of,
    rows_behind,
    split_filters,
    stands_first,
)
from dashboard.reports.shared.filter_options import FilterOptions, filter_options, in_order
from dashboard.reports.shared.nearest import likely_length, nearest
from dashboard.scope import Scope

Key = tuple[str, str]
"""Account and conversation."""

_WEEK = timedelta(weeks=1)
_OFFERS = (
    FilterOptions("spans", ("system",), _WEEK, "lists/seen_systems.sql"),
    FilterOptions("failed_spans", ("error_type",), 4 * _WEEK, "lists/seen_error_types.sql"),
    FilterOptions("escalations", ("queue",), 4 * _WEEK, "lists/seen_queues.sql"),
)

Row = dict[str, Any]
"""One conversation: `COLUMNS`, then `account_name`, `first_words`, `failed_spans`, `excerpt`, and
`calls`: the calls that the figure counts in it, where the figure counts calls."""


@dataclass(frozen=True)
class ConversationList:
    """One page. `total` counts all pages; `parts` is empty without a metric."""

    question: Question
    scope: Scope
    rows: list[Row]
    total: int
    page: int
    parts: list[PartCount]

    @property
    def pages(self) -> int:
        return pages_of(self.total)


def pages_of(total: int) -> int:
    """How many pages so many conversations fill, at least one."""
    return max(1, -(-total // PAGE_ROWS))


def conversations(question: Question, now: datetime) -> ConversationList:
    """The page that `question` asks for; the last one where there are not as many.

    Raises the errors of `fetch`.
    """
    scope = question.scope(now)
    parts = part_counts(question, scope)
    page, keys, found = _page(question, scope, total(question, scope, parts))
    rows = _rows(question, scope, keys) if keys else []
    return ConversationList(question, scope, rows, found, page, parts)


def list_statements(listed: ConversationList) -> dict[str, Select]:
    """What the list asks, by name: the keys of its page, and how many there are in all.

    The newest are looked for at the end of the window first, and what is kept as a sum is not counted
    again; the answers are the same.
    """
    return {
        "this page": _page_of_keys(listed.question, listed.scope, listed.page),
        "total count": counted(listed.question, listed.scope),
    }


def _page(question: Question, scope: Scope, known: int | None) -> tuple[int, list[Key], int]:
    """The page there is, its keys in order, and how many the list has: `known`, or counted with them."""
    if known is None:
        return _counted_page(question, scope)
    page = min(question.page, pages_of(known))
    return page, _keys_of_page(question, scope, page, known), known


def _keys_of_page(question: Question, scope: Scope, page: int, total: int) -> list[Key]:
    """The keys of one page of `total` conversations, the most likely part of the window searched first."""
    if not total:
        return []
    if page * PAGE_ROWS <= total:
        if is_by_date(question):
            first = likely_length(scope, page * PAGE_ROWS, total)
            ask = partial(_keys, question, page)
            return nearest(ask, scope, PAGE_ROWS, first, from_start=not is_descending(question))
        if where := stands_first(question):
            keys = _keys(question, page, scope, where)
            if len(keys) == PAGE_ROWS:
                return keys
    return _keys(question, page, scope)


def _counted_page(question: Question, scope: Scope) -> tuple[int, list[Key], int]:
    listed = matching(question, scope)
    # All are counted, so all are found first: in front of a limit PostgreSQL before 17 would look for
    # the few it shows, one conversation after the other, and then for all the others in the same way.
    every = (
        select(listed.c.account_id, listed.c.conversation_id, listed.c.sort_value)
        .cte("every")
        .prefix_with("materialized")
    )
    in_all = select(func.count()).select_from(every).scalar_subquery().label("total")
    page = question.page
    found = fetch(_page_of(question, every, page).add_columns(in_all))
    if not found and page > 1:
        page = pages_of(fetch(counted(question, scope))[0]["total"])
        found = fetch(_page_of(question, every, page).add_columns(in_all))
    return page, [_key(row) for row in found], found[0]["total"] if found else 0


def _keys(
    question: Question, page: int, scope: Scope, where: Sequence[ColumnElement[bool]] = ()
) -> list[Key]:
    return [_key(row) for row in fetch(_page_of_keys(question, scope, page).where(*where))]


def _page_of_keys(question: Question, scope: Scope, page: int) -> Select:
    return _page_of(question, matching(question, scope), page)


def _page_of(question: Question, listed: FromClause, page: int) -> Select:
    return (
        select(listed.c.account_id, listed.c.conversation_id)
        .order_by(*ordered(question, listed))
        .limit(PAGE_ROWS)
        .offset((page - 1) * PAGE_ROWS)
    )


def _key(row: RowMapping) -> Key:
    return row["account_id"], row["conversation_id"]


def _rows(question: Question, scope: Scope, keys: list[Key]) -> list[Row]:
    """The conversations of `keys`, in their order."""
    names: list[ColumnElement] = [literal_column(name) for name in COLUMNS]
    wanted = tuple_(literal_column("account_id"), literal_column("conversation_id")).in_(keys)
    known = fetch(select(*names).select_from(rows_of(any_time(question), scope)).where(wanted))
    found = {_key(row): dict(row) for row in known}
    details = fetch(
        query("lists/conversation_details.sql"),
        {
            "accounts": [account for account, _ in keys],
            "conversations": [conversation for _, conversation in keys],
            "as_of": scope.as_of,
            "words": question.search,
        },
    )
    calls = _calls_behind(question, scope, keys)
    # A conversation excluded between the two reads is dropped.
    return [
        found[key] | dict(row) | {"calls": calls.get(key, [])}
        for row in details
        if (key := _key(row)) in found
    ]


def _calls_behind(question: Question, scope: Scope, keys: list[Key]) -> dict[Key, list[str]]:
    """The calls that put these conversations into the figure: system · name, without repeats."""
    part = part_of(question)
    if part is None or not any(d.key == "system" for d in FACTS[part.fact].dimensions):
        return {}
    fact = FACTS[part.fact]
    own: tuple[ColumnClause, ...] = (column("account_id"), column("conversation_id"))
    accounts, ids = zip(*keys, strict=True)
    call: ColumnClause = literal_column("concat_ws(' · ', system, name)")
    statement = (
        select(*own, func.array_agg(call.distinct()).label("calls"))
        .select_from(rows_behind(part, scope))
        .where(
            literal_column(f"({part.where})"),
            *conditions(fact, split_filters(fact, scope.filters)[0]),
            # Each condition finds more than the pairs; the caller looks rows up by the pair.
            among(own[0], accounts),
            own[1].in_(ids),
        )
        .group_by(*own)
    )
    return {_key(row): sorted(row["calls"]) for row in fetch(statement)}


def list_filter_values(as_of: datetime) -> dict[str, list[str]]:
    """Filter → its values as text, the most frequent first, for filters that only a list has.

    Systems of the last week; error types, handoff queues and further dimensions of the last four. Raises
    the errors of `fetch`.
    """
    return filter_options(_OFFERS, as_of) | _further_values(Scope.last(4 * _WEEK, as_of))


def _further_values(scope: Scope) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for one in FURTHER:
        # What all facts have stands in the filter bar; of one with thousands of values they are typed in.
        if one.facts and one.is_rolled_up:
            rows = measure(["episodes"], scope, by=[one.key])
            counts = dict(zip(rows[one.key], map(int, rows["value"]), strict=True))
            found |= {one.key: in_order(counts)} if counts else {}
    return found
