"""The rows of a list, as one selectable: the episodes of a scope, or those behind a figure.

The figure's own rows decide, by the same SQL that measured it, so a list and its figure agree row for
row. What a conversation is like comes from the episodes fact as of the same instant.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import (
    TIMESTAMP,
    ColumnClause,
    ColumnElement,
    FromClause,
    Join,
    Select,
    Subquery,
    TextClause,
    TextualSelect,
    bindparam,
    column,
    join,
    literal_column,
    select,
    text,
    tuple_,
)
from sqlalchemy.dialects.postgresql import distinct_on

from dashboard.metrics.facts import FACTS, Fact
from dashboard.metrics.registry import find_metric
from dashboard.metrics.sql import conditions, rows_of
from dashboard.query_files import query_text
from dashboard.reports.conversations.calls import with_calls
from dashboard.reports.conversations.parts import Part, chosen_part
from dashboard.reports.conversations.question import Question
from dashboard.rollups.materialized import materialized_for
from dashboard.rollups.materialized_rows import materialized_rows
from dashboard.scope import Filters, Scope

_ALWAYS = (
    "account_id",
    "conversation_id",
    "source",
    "channel",
    "language",
    "topic",
    "subject",
    "contact_name",
    "agent_version",
    "plan",
    "started_at",
    "ended_at",
    "first_ai_reply_at",
    "handoff_at",
    "handoff_reason",
    "handoff_queue",
    "first_human_reply_at",
    "rating",
    "rated_at",
    "rating_comment",
    "outcome",
    "handled_by",
    "times_placed",
)
_EPISODES = FACTS["episodes"]
FURTHER = tuple(
    # A rating is there as a number.
    one
    for one in _EPISODES.dimensions
    if one.column not in _ALWAYS and one.key != "rating"
)
"""Dimensions of an episode beyond those that a list always has."""
COLUMNS = (*_ALWAYS, *(one.column for one in FURTHER), "known_until")
"""What every row of a list has, as `facts/episodes.sql` gives it."""

_EXCLUDED = replace(_EPISODES, path="lists/excluded_conversations.sql", row="excluded conversation")
EPISODES_EVER = replace(_EPISODES, fixed={"dated_by": "any"})
"""The episodes without a window, to be joined on keys."""
EXCLUDED_EVER = replace(_EXCLUDED, fixed={"dated_by": "any"})
"""The conversations that are left out of every figure, without a window."""

_KEYS: tuple[ColumnClause, ...] = (column("account_id"), column("conversation_id"))
_OF_FAILURES = ("is_failed", "is_unrecovered")
"""What holds for no call that succeeded."""
_RATED = {
    "yes": "rating is not null",
    "low": "rating <= 2",
    "high": "rating >= 4",
    "no": "rating is null",
}


@dataclass(frozen=True)
class _Sort:
    """One order: `value` is SQL over a row, never null; equal ones stand by account and id.

    Rows for which `stands_first` (SQL over a row) holds stand before all others.
    """

    value: str
    is_descending: bool = True
    stands_first: str | None = None


_SORTS = {
    "oldest": _Sort("{date}", False),
    "longest": _Sort(
        "case when times_placed then interval '0'"
        " else coalesce(ended_at, known_until) - started_at end"
    ),
    "lowest rating": _Sort("coalesce(rating, 6)", False, "rating is not null"),
    # Counted where the calls are joined.
    "most failed spans": _Sort("0"),
    "slowest human": _Sort(
        "coalesce(answered_after_s, waited_s, -1)",
        stands_first="handoff_at is not null and not times_placed",
    ),
    "newest": _Sort("{date}"),
}


def part_of(question: Question) -> Part | None:
    """The part of the figure whose conversations are listed; None without a metric."""
    if question.metric is None:
        return None
    return chosen_part(find_metric(question.metric), question.dating, question.part)


def any_time(question: Question) -> Fact:
    """What the conversations of the list are rows of, without a window, to be asked for by key."""
    part = part_of(question)
    return EXCLUDED_EVER if part and part.fact == "excluded_episodes" else EPISODES_EVER


def is_of_episodes(fact: Fact) -> bool:
    """Whether each row of the fact is a conversation of its own, and its date the list's."""
    return fact.path == _EPISODES.path or fact.key == "excluded_episodes"


def is_by_date(question: Question) -> bool:
    """Whether the list stands in the order of its rows' own date, which the window bounds."""
    part = part_of(question)
    fact = FACTS[part.fact] if part else _EPISODES
    return question.sort in ("newest", "oldest") and is_of_episodes(fact)


def split_filters(fact: Fact, filters: Filters) -> tuple[Filters, Filters, Filters]:
    """Filters on the figure's own rows, on the episode, and on the calls within it."""
    own = {dimension.key for dimension in fact.dimensions}
    episode = {dimension.key for dimension in _EPISODES.dimensions}
    ours = tuple(pair for pair in filters if pair[0] in own)
    others = [pair for pair in filters if pair[0] not in own]
    return (
        ours,
        tuple(pair for pair in others if pair[0] in episode),
        tuple(pair for pair in others if pair[0] not in episode),
    )


def matching(question: Question, scope: Scope, is_near: bool = False) -> Subquery:
    """All conversations of the list: `COLUMNS`, and `sort_value`.

    `is_near` promises that the caller bounds `sort_value` to a few rows; their calls are
    then looked up one by one instead of joined.
    """
    part = part_of(question)
    fact = FACTS[part.fact] if part else _EPISODES
    ours, episode, calls = split_filters(fact, scope.filters)
    own = [*([literal_column(f"({part.where})")] if part else []), *conditions(fact, ours)]
    where = [*conditions(_EPISODES, episode), *_of_rating(question), *_of_words(question, scope)]
    if part is None or fact.path == _EPISODES.path:
        listed = _rows(question, rows_of(fact, scope), fact.date_column).where(*own, *where)
    elif fact.key == "excluded_episodes":
        listed = _rows(question, rows_of(_EXCLUDED, scope)).where(*own, *where)
    else:
        listed = _rows_behind(question, part, scope, own).where(*where)
    starts_within = is_of_episodes(fact) and fact.date == _EPISODES.date
    return with_calls(question, calls, scope, listed.subquery("listed"), is_near, starts_within)


def ordered(question: Question, rows: FromClause, backwards: bool = False) -> Sequence:
    """The list's order as `order by` terms over `matching`; `backwards` for the way to the row before."""
    descending = _SORTS[question.sort].is_descending != backwards
    value = rows.c.sort_value.desc() if descending else rows.c.sort_value.asc()
    keys = (rows.c.account_id, rows.c.conversation_id)
    return (value, *(key.desc() if backwards else key.asc() for key in keys))


def is_descending(question: Question) -> bool:
    """Whether the list's order goes from large `sort_value` to small."""
    return _SORTS[question.sort].is_descending


def stands_first(question: Question) -> list[ColumnElement[bool]]:
    """What holds, of the columns of `matching`, for rows that stand before all others; often nothing."""
    found = _SORTS[question.sort].stands_first
    return [literal_column(f"({found})")] if found else []


def _rows(question: Question, source: FromClause | TextClause, date: str = "started_at") -> Select:
    sort: ColumnElement = literal_column(_SORTS[question.sort].value.format(date=date)).label(
        "sort_value"
    )
    return select(*map(column, COLUMNS), sort).select_from(source)


def rows_behind(part: Part, scope: Scope, frame: int = 0) -> FromClause | TextClause:
    """The rows among which are those of the figure, read from where they are kept if they all are."""
    fact = FACTS[part.fact]
    kept = materialized_for(
        fact, [scope], aggregates=[part.where], is_failed=part.where in _OF_FAILURES
    )
    return (
        materialized_rows(kept, scope, frame=frame) if kept else rows_of(fact, scope, frame=frame)
    )


def _rows_behind(
    question: Question, part: Part, scope: Scope, own: list[ColumnElement[bool]]
) -> Select:
    """The episodes that rows of another fact belong to."""
    behind = keys_behind(rows_behind(part, scope, frame=1), own)
    return _rows(question, with_episode(behind, scope, literal_column("fact.*")))


def keys_behind(rows: FromClause | TextClause, where: Iterable[ColumnElement[bool]]) -> Subquery:
    """The conversations that `rows` belong to, once each: `behind_account_id`, `behind_conversation_id`."""
    keys = (key.label(f"behind_{key.name}") for key in _KEYS)
    return select(*keys).distinct().select_from(rows).where(*where).subquery("behind")


def with_episode(behind: Subquery, scope: Scope, *chosen: ColumnElement) -> Join:
    """`keys_behind` joined with the episode of each, as `episode`, of which `chosen` are the columns."""
    account: ColumnClause = literal_column("fact.account_id")
    episode = (
        select(*chosen)
        # Distinct, though the keys are: each episode is looked up by its key then. Left to choose, a
        # planner that expects one row behind the figure compares every episode there is with every
        # row there really is. And by account_id, so that Citus may look on the shard itself.
        .ext(distinct_on(account))
        .select_from(rows_of(EPISODES_EVER, scope))
        .where(
            account == behind.c.behind_account_id,
            literal_column("fact.conversation_id") == behind.c.behind_conversation_id,
        )
        .lateral("episode")
    )
    same = literal_column("episode.account_id") == behind.c.behind_account_id
    return join(behind, episode, same)


def _of_rating(question: Question) -> list[ColumnElement[bool]]:
    return [literal_column(f"({_RATED[question.rated]})")] if question.rated else []


def _of_words(question: Question, scope: Scope) -> list[ColumnElement[bool]]:
    if not question.search:
        return []
    return [tuple_(*_KEYS).in_(_saying(question.search, scope))]


def _saying(words: str, scope: Scope) -> TextualSelect:
    found = text(query_text("lists/conversations_saying.sql")).bindparams(
        bindparam("words", words),
        bindparam("as_of", scope.as_of, type_=TIMESTAMP(timezone=True)),
    )
    return found.columns(*_KEYS)
