"""The conversation before and the one after, in the order of a list, however long the list is."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Subquery, and_, func, literal, or_, select, tuple_

from dashboard.metrics.facts import FACTS
from dashboard.metrics.sql import among
from dashboard.postgres.read import fetch
from dashboard.reports.conversations.question import Question
from dashboard.reports.conversations.rows import is_descending, matching, ordered, part_of
from dashboard.scope import Scope

Key = tuple[str, str]
"""Account and conversation."""

# By date the next one is nearly always near: looking there first, an index ends the search.
_REACHES = (timedelta(hours=1), timedelta(days=1), timedelta(days=30), None)


@dataclass(frozen=True)
class Neighbours:
    """What stands before and after in the list; None at its ends. `is_listed`: it is in the list."""

    before: Key | None = None
    after: Key | None = None
    is_listed: bool = True


def neighbours(question: Question, key: Key, now: datetime) -> Neighbours:
    """The neighbours of the conversation `key` in the list of `question`.

    Found from its own place in the order, so a long list is never read through; behind calls and
    failures, where finding the rows is the work, all in one go. Raises the errors of `fetch`.
    """
    scope = question.scope(now)
    listed = matching(question, scope)
    part = part_of(question)
    if part and FACTS[part.fact].path != FACTS["episodes"].path:
        return _in_one_go(question, listed, key)
    here = fetch(select(listed.c.sort_value).where(_is(listed, key)))
    if not here:
        return Neighbours(is_listed=False)
    value = here[0]["sort_value"]
    before, after = (_beside(question, scope, key, value, is_before) for is_before in (True, False))
    return Neighbours(before, after)


def _is(rows: Subquery, key: Key) -> ColumnElement[bool]:
    return and_(among(rows.c.account_id, key[:1]), rows.c.conversation_id == key[1])


def _in_one_go(question: Question, listed: Subquery, key: Key) -> Neighbours:
    order = ordered(question, listed)
    sides = [
        side(listed.c[name]).over(order_by=order).label(f"{side_name}_{name}")
        for side_name, side in (("before", func.lag), ("after", func.lead))
        for name in ("account_id", "conversation_id")
    ]
    placed = select(listed.c.account_id, listed.c.conversation_id, *sides).subquery("placed")
    found = fetch(select(placed).where(_is(placed, key)))
    if not found:
        return Neighbours(is_listed=False)
    before, after = (
        (found[0][f"{side}_account_id"], found[0][f"{side}_conversation_id"])
        for side in ("before", "after")
    )
    return Neighbours(before if before[0] else None, after if after[0] else None)


def _beside(question: Question, scope: Scope, key: Key, value: Any, is_before: bool) -> Key | None:
    for reach in _REACHES if isinstance(value, datetime) else (None,):
        listed = matching(question, scope, is_near=reach is not None)
        nearest = (
            select(listed.c.account_id, listed.c.conversation_id)
            .where(*_past(question, listed, key, value, is_before))
            .order_by(*ordered(question, listed, backwards=is_before))
            .limit(1)
        )
        if reach:
            grows = is_descending(question) == is_before
            limit = value + reach if grows else value - reach
            within = listed.c.sort_value <= limit if grows else listed.c.sort_value >= limit
            nearest = nearest.where(within)
        if found := fetch(nearest):
            return found[0]["account_id"], found[0]["conversation_id"]
    return None


def _past(
    question: Question, listed: Subquery, key: Key, value: Any, is_before: bool
) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    own = tuple_(listed.c.account_id, listed.c.conversation_id)
    here = tuple_(literal(key[0]), literal(key[1]))
    smaller = is_descending(question) != is_before
    sort = listed.c.sort_value
    beyond = sort < value if smaller else sort > value
    tied = own < here if is_before else own > here
    # The first follows from the second; it lets an index on the date bound the search.
    return (sort <= value if smaller else sort >= value), or_(beyond, tied)
