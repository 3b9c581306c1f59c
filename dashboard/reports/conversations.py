"""The list of conversations: one page of it, how many there are, and the parts of the figure behind it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, column, func, literal_column, select, tuple_

from dashboard.metrics.facts import FACTS
from dashboard.metrics.registry import find_metric
from dashboard.metrics.statement import among, conditions, measurement, rows_of
from dashboard.reports.conversations_parts import Part, parts_of
from dashboard.reports.conversations_question import PAGE_ROWS, Question
from dashboard.reports.conversations_rows import (
    COLUMNS,
    any_time,
    matching,
    ordered,
    part_of,
    split_filters,
)
from dashboard.scope import Scope, filter_text
from dashboard.warehouse.read import fetch, query

Row = dict[str, Any]
"""One conversation: `COLUMNS`, then `account_name`, `first_words`, `failed_spans`, `excerpt`, and
`calls`: the calls that the figure counts in it, where the figure counts calls."""


@dataclass(frozen=True)
class PartCount:
    """How many rows a part of the figure has, in how many conversations, and how many in none."""

    part: Part
    rows: int
    conversations: int
    without_conversation: int
    is_listed: bool


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
        return max(1, -(-self.total // PAGE_ROWS))


def conversations(question: Question, now: datetime) -> ConversationList:
    """The page that `question` asks for; the last one where there are not as many.

    Raises the errors of `fetch`.
    """
    scope = question.scope(now)
    page, keys = question.page, fetch(_page_of_keys(question, scope, question.page))
    if not keys and page > 1:
        total = fetch(_count(question, scope))[0]["total"]
        page = max(1, -(-total // PAGE_ROWS))
        keys = fetch(_page_of_keys(question, scope, page))
    total = keys[0]["total"] if keys else 0
    pairs = [(key["account_id"], key["conversation_id"]) for key in keys]
    rows = _rows(question, scope, pairs) if pairs else []
    return ConversationList(question, scope, rows, total, page, part_counts(question, scope))


def list_statements(listed: ConversationList) -> dict[str, Select]:
    """What the list asks, by name: the keys of its page, and how many there are in all."""
    return {
        "this page": _page_of_keys(listed.question, listed.scope, listed.page),
        "all of the list, counted": _count(listed.question, listed.scope),
    }


def part_counts(question: Question, scope: Scope) -> list[PartCount]:
    """Every part of the question's metric, counted with the filters that the figure itself has."""
    if question.metric is None:
        return []
    listed = part_of(question)
    parts = parts_of(find_metric(question.metric), question.dating)
    return [
        counted
        for fact in dict.fromkeys(part.fact for part in parts.values())
        for counted in _counted(
            [part for part in parts.values() if part.fact == fact], scope, listed
        )
    ]


def _counted(parts: list[Part], scope: Scope, listed: Part | None) -> list[PartCount]:
    fact = FACTS[parts[0].fact]
    own = Scope(
        scope.since, scope.until, scope.as_of, scope.time_zone,
        split_filters(fact, scope.filters)[0],
    )  # fmt: skip
    aggregates = {}
    for part in parts:
        where = f"filter (where {part.where})"
        inside = f"filter (where ({part.where}) and conversation_id is not null)"
        aggregates |= {
            f"{part.key} rows": f"count(*) {where}",
            f"{part.key} kept": f"count(*) {inside}",
            f"{part.key} conversations": f"count(distinct (account_id, conversation_id)) {inside}",
        }
    answers = fetch(measurement(fact, aggregates, [own]))[0]
    counts = {name: int(answers[f"a{i}"] or 0) for i, name in enumerate(aggregates)}
    return [
        PartCount(
            part,
            counts[f"{part.key} rows"],
            counts[f"{part.key} conversations"],
            counts[f"{part.key} rows"] - counts[f"{part.key} kept"],
            part == listed,
        )
        for part in parts
    ]


def _page_of_keys(question: Question, scope: Scope, page: int) -> Select:
    listed = matching(question, scope)
    return (
        select(listed.c.account_id, listed.c.conversation_id, func.count().over().label("total"))
        .order_by(*ordered(question, listed))
        .limit(PAGE_ROWS)
        .offset((page - 1) * PAGE_ROWS)
    )


def _count(question: Question, scope: Scope) -> Select:
    return select(func.count().label("total")).select_from(matching(question, scope))


def _rows(question: Question, scope: Scope, keys: list[tuple[str, str]]) -> list[Row]:
    """The conversations of `keys`, in their order."""
    names = [literal_column(name) for name in COLUMNS]
    wanted = tuple_(literal_column("account_id"), literal_column("conversation_id")).in_(keys)
    known = fetch(select(*names).select_from(rows_of(any_time(question), scope)).where(wanted))
    found = {(row["account_id"], row["conversation_id"]): dict(row) for row in known}
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
    # What was excluded between the two questions is in neither.
    return [
        found[key] | dict(row) | {"calls": calls.get(key, [])}
        for row in details
        if (key := (row["account_id"], row["conversation_id"])) in found
    ]


def _calls_behind(
    question: Question, scope: Scope, keys: list[tuple[str, str]]
) -> dict[tuple[str, str], list[str]]:
    """The calls that put these conversations into the figure: system · name, without repeats."""
    part = part_of(question)
    if part is None or not any(d.key == "system" for d in FACTS[part.fact].dimensions):
        return {}
    fact = FACTS[part.fact]
    own = (column("account_id"), column("conversation_id"))
    accounts, ids = zip(*keys, strict=True)
    call = literal_column("concat_ws(' · ', system, name)")
    statement = (
        select(*own, func.array_agg(call.distinct()).label("calls"))
        .select_from(rows_of(fact, scope))
        .where(
            literal_column(f"({part.where})"),
            *conditions(fact, split_filters(fact, scope.filters)[0]),
            # Each by itself finds more than the pairs; whoever asks looks them up by the pair.
            among(own[0], accounts),
            own[1].in_(ids),
        )
        .group_by(*own)
    )
    return {
        (row["account_id"], row["conversation_id"]): sorted(row["calls"])
        for row in fetch(statement)
    }


def list_filter_values(as_of: datetime) -> dict[str, list[str]]:
    """Filter → its values as text, the most frequent first, for filters that only a list has."""
    found: dict[str, list[str]] = {}
    for row in fetch(query("lists/list_filter_values.sql"), {"as_of": as_of}):
        found.setdefault(row["dimension"], []).append(filter_text(row["value"]))
    return found
