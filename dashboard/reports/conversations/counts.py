"""How many conversations a list has, and how many rows each part of the figure behind it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import ColumnClause, Select, column, func, literal_column, not_, select

from dashboard.metrics.definitions.counts import EPISODES
from dashboard.metrics.facts import FACTS, Fact
from dashboard.metrics.figure import RowCount
from dashboard.metrics.registry import find_metric
from dashboard.metrics.sql import conditions, measurement
from dashboard.postgres.read import fetch
from dashboard.query.question import Question as Asked
from dashboard.query.router import answer
from dashboard.reports.conversations.parts import DENOMINATOR, NUMERATOR, REST, Part, parts_of
from dashboard.reports.conversations.question import Question
from dashboard.reports.conversations.rows import (
    is_of_episodes,
    matching,
    part_of,
    rows_behind,
    split_filters,
)
from dashboard.scope import Scope


@dataclass(frozen=True)
class PartCount:
    """How many rows a part of the figure has, in how many conversations, and how many in none.

    The latter two are None for a part that is not listed and whose rows are no conversations.
    """

    part: Part
    rows: int
    conversations: int | None
    without_conversation: int | None
    is_listed: bool


def part_counts(question: Question, scope: Scope) -> list[PartCount]:
    """Every part of the question's metric, counted with the filters that the figure itself has."""
    if question.metric is None:
        return []
    listed = part_of(question)
    parts = parts_of(find_metric(question.metric), question.dating)
    return [
        counted
        for key in dict.fromkeys(part.fact for part in parts.values())
        for counted in _counted(
            [part for part in parts.values() if part.fact == key], scope, listed
        )
    ]


def total(question: Question, scope: Scope, parts: Sequence[PartCount]) -> int | None:
    """How many conversations the list has, of which `parts` are the `part_counts`.

    None where to find them is most of the work, as for a search: they are counted as they are found.
    """
    part = part_of(question)
    fact = FACTS[part.fact] if part else FACTS[EPISODES.fact]
    _, episode, calls = split_filters(fact, scope.filters)
    if not is_of_episodes(fact) or question.search or question.failed or calls:
        return None
    if question.rated or episode:
        return fetch(counted(question, scope))[0]["total"]
    listed = next((count.conversations for count in parts if count.is_listed), None)
    if listed is None:
        return _tallied(fact, {DENOMINATOR: EPISODES}, scope)[DENOMINATOR]
    return listed


def counted(question: Question, scope: Scope) -> Select:
    """The statement that counts the list, row by row."""
    # In the plainest order: what another one rests on need not be looked up to count.
    listed = matching(replace(question, sort="newest"), scope)
    return select(func.count().label("total")).select_from(listed)


def _counted(parts: list[Part], scope: Scope, listed: Part | None) -> list[PartCount]:
    """The parts of one fact."""
    fact = FACTS[parts[0].fact]
    own = replace(scope, filters=split_filters(fact, scope.filters)[0])
    if is_of_episodes(fact):
        rows = _rows(fact, parts, own)
        return [PartCount(p, rows[p.key], rows[p.key], 0, p == listed) for p in parts]
    if fact.is_snapshot or parts == [listed]:
        return [_in_conversations(part, own, part == listed) for part in parts]
    rows = _rows(fact, parts, own)
    return [
        _in_conversations(part, own, True)
        if part == listed
        else PartCount(part, rows[part.key], None, None, False)
        for part in parts
    ]


def _rows(fact: Fact, parts: Sequence[Part], own: Scope) -> dict[str, int]:
    """How many rows each part has, by key.

    The rest of a figure is what its numerator leaves of the denominator, which holds it; so all that
    is asked for are the registry's own counts, which are kept as sums.
    """
    row_counts = {
        part.key: RowCount(part.fact, part.words, part.where) for part in parts if part.key != REST
    }
    rows = _tallied(fact, row_counts, own)
    if any(part.key == REST for part in parts):
        rows[REST] = rows[DENOMINATOR] - rows[NUMERATOR]
    return rows


def _in_conversations(part: Part, own: Scope, is_listed: bool) -> PartCount:
    """The part's rows counted by conversation."""
    keys: tuple[ColumnClause, ...] = (column("account_id"), column("conversation_id"))
    one = (
        select(*keys, func.count().label("rows"))
        .select_from(rows_behind(part, own))
        .where(literal_column(f"({part.where})"), *conditions(FACTS[part.fact], own.filters))
        .group_by(*keys)
        .subquery("one")
    )
    has_none = one.c.conversation_id.is_(None)
    found = fetch(
        select(
            func.sum(one.c.rows).label("rows"),
            func.count().filter(not_(has_none)).label("conversations"),
            func.sum(one.c.rows).filter(has_none).label("without"),
        )
    )[0]
    rows, without = int(found["rows"] or 0), int(found["without"] or 0)
    return PartCount(part, rows, found["conversations"], without, is_listed)


def _tallied(fact: Fact, row_counts: Mapping[str, RowCount], scope: Scope) -> dict[str, int]:
    """How many rows each tally has, from sums where there are any."""
    aggregates = {key: tally.aggregate.sql for key, tally in row_counts.items()}
    asked = Asked(fact, measurement(fact, aggregates, [scope]), (scope,), (), None, aggregates)
    sums = answer(asked).groups.get((0, None), {})
    return {key: int(sums.get(key) or 0) for key in row_counts}
