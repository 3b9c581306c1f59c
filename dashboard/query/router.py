"""What one fact's question is read from: the facts, sums of rollup groups, or materialized rows.

The first rule that holds decides, for the question as a whole by 1 to 3, then for each of its
aggregates by 4 to 8:

1. A snapshot holds at an instant: from the facts (`snapshot`).
2. Rollups are not wanted: from the facts (`switched_off`).
3. Materialized rows hold all that is asked: from them.
4. No rollup group keeps the aggregate: from the facts (`not_additive`).
5. The window is too short for sums to answer, or to answer exactly: from the facts (`window_short`).
6. No rollups are built (`not_built`), none of the group has the dimensions (`dimension_missing`) or the
   buckets (`bucket_missing`): from the facts.
7. None of the time is covered by days that are built (`not_covered`), final at the instant of asking
   (`not_settled`) and whole (`part_of_day`): from the facts.
8. The facts are expected to answer sooner (`query/costs.py`): from them (`facts_cheaper`).
9. Else from the sums of the group, and what time they do not cover from the facts.

All that is left to the facts is one statement, as are the sums of each group. `query/strategies`
carries it out; every way gives the same figures.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from itertools import chain, combinations

from dashboard.query.costs import ROUTING, STATEMENT, SUMS_PART, cost_of_facts, cost_of_plan
from dashboard.query.question import Groups, Question, merge
from dashboard.query.read_from import ReadFrom, Reading, Store
from dashboard.query.strategies.facts import read_facts
from dashboard.query.strategies.latency import plan_latency, read_latency
from dashboard.query.strategies.materialized import read_materialized
from dashboard.query.strategies.snapshots import read_snapshots
from dashboard.query.strategies.sums import read_sums
from dashboard.query.strategies.waits import plan_waits, read_waits
from dashboard.rollups.definitions import (
    LATENCY,
    ROLLUP_GROUPS,
    WAITS,
    latency_quantiles,
    split_by_group,
    waits_to_human,
)
from dashboard.rollups.group import RollupGroup
from dashboard.rollups.materialized import MATERIALIZED, MaterializedFact, materialized_for
from dashboard.rollups.planner import Plan, plan
from dashboard.rollups.reasons import Reason
from dashboard.rollups.usable_days import Days, MaterializedDays, materialized_days, usable_days
from dashboard.settings import settings

_Read = Callable[[Question, Plan, Mapping[str, str]], Groups]


@dataclass(frozen=True)
class Answer:
    """Groups of sums, and what they were read from."""

    groups: Groups
    read_from: tuple[ReadFrom, ...]


@dataclass(frozen=True)
class Route:
    """The part of a question that one statement answers: which, how, and what the reader is told."""

    read: Callable[[], Groups]
    read_from: tuple[ReadFrom, ...]
    plan: Plan | None = None


@dataclass(frozen=True)
class _Distribution:
    """A group whose sums tell how values are distributed: by what SQL that is asked, and how it is
    planned and read."""

    group: RollupGroup
    asked_by: Callable[[], Mapping[str, object]]
    plan: Callable[[Question, bool], Plan | Reason]
    read: _Read


_DISTRIBUTIONS = (
    _Distribution(LATENCY, latency_quantiles, plan_latency, read_latency),
    _Distribution(WAITS, waits_to_human, plan_waits, read_waits),
)


@dataclass(frozen=True, eq=False)
class _Share:
    """Those aggregates of a question that one rollup group answers, and how."""

    aggregates: Mapping[str, str]
    plan: Plan
    read: _Read


def answer(question: Question, reading: Reading = Reading.CHEAPEST) -> Answer:
    """Put one question. The errors of `fetch` pass through."""
    groups: Groups = {}
    routes = route(question, reading)
    for part in routes:
        merge(groups, part.read())
    return Answer(groups, tuple(chain.from_iterable(part.read_from for part in routes)))


def explain(question: Question) -> tuple[ReadFrom, ...]:
    """What `answer` would read from. The errors of `fetch` pass through."""
    return tuple(chain.from_iterable(part.read_from for part in route(question)))


def route(question: Question, reading: Reading = Reading.CHEAPEST) -> list[Route]:
    """The routes that together answer the question, one statement each; see the module."""
    if question.fact.is_snapshot:
        told = _facts_for(question, {Reason.SNAPSHOT: question.aggregates})
        return [Route(lambda: read_snapshots(question), told)]
    if reading is Reading.FACTS:
        return [_from_facts(question, {Reason.SWITCHED_OFF: question.aggregates})]
    kept, kept_days = _materialized_for(question), materialized_days()
    if kept and kept_days:
        return [_from_materialized(question, kept, kept_days)]
    days = usable_days()
    if days is None:
        return [_from_facts(question, {_why_none(): question.aggregates})]
    return _by_group(question, days, reading)


def _why_none() -> Reason:
    return Reason.NOT_BUILT if settings().rollups else Reason.SWITCHED_OFF


def _by_group(question: Question, days: Days, reading: Reading) -> list[Route]:
    """Rules 4 to 9."""
    is_little = reading is Reading.CHEAPEST and _is_little(question, days)
    shares, left = _planned(question, is_little)
    if reading is Reading.CHEAPEST:
        for share in _cheaper_from_facts(question, shares, left, days):
            shares.remove(share)
            left.setdefault(Reason.FACTS_CHEAPER, {}).update(share.aggregates)
    routes = [_from_sums(question, share) for share in shares]
    return [*routes, _from_facts(question, left)] if left else routes


def _planned(
    question: Question, is_little: bool
) -> tuple[list[_Share], dict[Reason, dict[str, str]]]:
    """What rollup groups can answer, and the aggregates that none can, by the reason."""
    shares: list[_Share] = []
    left: dict[Reason, dict[str, str]] = {}

    def take(aggregates: dict[str, str], planned: Plan | Reason, read: _Read = read_sums) -> None:
        if isinstance(planned, Plan):
            shares.append(_Share(aggregates, planned, read))
        else:
            left.setdefault(planned, {}).update(aggregates)

    split, rest = split_by_group(question.fact.key, question.aggregates)
    for kind in _DISTRIBUTIONS:
        if asked := {name: sql for name, sql in rest.items() if sql in kind.asked_by()}:
            rest = {name: sql for name, sql in rest.items() if name not in asked}
            asked |= split.pop(kind.group, {})
            take(asked, kind.plan(question, is_little), kind.read)
    for group, aggregates in split.items():
        by, bucket = question.by, question.bucket
        take(aggregates, plan(group, question.scopes, by, bucket, is_little))
    if rest:
        left[_why_in_no_group(question)] = rest
    return shares, left


def _why_in_no_group(question: Question) -> Reason:
    # What is kept row by row needs no group; here its rows may not be read, or lack what is asked.
    if _materialized_for(question):
        return Reason.NOT_COVERED
    is_summed = any(group.fact is question.fact for group in ROLLUP_GROUPS)
    is_kept = any(rows.fact is question.fact for rows in MATERIALIZED)
    return Reason.DIMENSION_MISSING if is_kept and not is_summed else Reason.NOT_ADDITIVE


def _materialized_for(question: Question) -> MaterializedFact | None:
    aggregates = question.aggregates.values()
    return materialized_for(question.fact, question.scopes, question.by, aggregates)


def _is_little(question: Question, days: Days) -> bool:
    """Whether the facts have so few rows that sums cannot be sooner, however few they are."""
    of_facts = cost_of_facts(question, question.aggregates.values(), days)
    return of_facts <= STATEMENT + ROUTING + SUMS_PART * len(question.scopes)


def _cheaper_from_facts(
    question: Question, shares: list[_Share], left: Mapping[Reason, dict[str, str]], days: Days
) -> list[_Share]:
    """Those shares that are better read from the facts, beside what is read from them in any case."""
    anyway = [sql for aggregates in left.values() for sql in aggregates.values()]
    costs = {
        share: cost_of_plan(question, share.plan, share.aggregates.values(), days)
        for share in shares
    }

    def cost(from_facts: Collection[_Share]) -> float:
        asked = [*anyway, *(sql for share in from_facts for sql in share.aggregates.values())]
        of_sums = sum(costs[share] for share in shares if share not in from_facts)
        return of_sums + cost_of_facts(question, asked, days)

    # Few groups answer one question: every choice is weighed.
    choices: list[Collection[_Share]] = [
        chosen for n in range(len(shares) + 1) for chosen in combinations(shares, n)
    ]
    best = min(choices, key=cost)
    return list(best)


def _from_sums(question: Question, share: _Share) -> Route:
    planned, names = share.plan, tuple(share.aggregates)
    if planned.kept and not planned.share:
        told = ReadFrom(Store.MATERIALIZED_ROWS, planned.kept.key, names, 1.0, planned.rest)
        return Route(lambda: share.read(question, planned, share.aggregates), (told,), planned)
    told = ReadFrom(
        Store.ROLLUP_GROUP,
        planned.group.key,
        names,
        planned.share,
        planned.rest,
        tuple(dict.fromkeys(rollup.grain for rollup in planned.rollups)),
        planned.kept.key if planned.kept else None,
    )
    return Route(lambda: share.read(question, planned, share.aggregates), (told,), planned)


def _from_materialized(question: Question, kept: MaterializedFact, days: MaterializedDays) -> Route:
    share = days.share(question.scopes)
    told = ReadFrom(
        Store.MATERIALIZED_ROWS,
        kept.key,
        tuple(question.aggregates),
        share,
        Reason.NOT_COVERED if share < 1 else None,
    )
    return Route(lambda: read_materialized(question, kept), (told,))


def _from_facts(question: Question, by_reason: Mapping[Reason, Mapping[str, str]]) -> Route:
    left = {name for aggregates in by_reason.values() for name in aggregates}
    # In the question's own order, which is that of its statement.
    asked = {name: sql for name, sql in question.aggregates.items() if name in left}
    return Route(lambda: read_facts(question, asked), _facts_for(question, by_reason))


def _facts_for(
    question: Question, by_reason: Mapping[Reason, Mapping[str, str]]
) -> tuple[ReadFrom, ...]:
    return tuple(
        ReadFrom(Store.FACTS, question.fact.key, tuple(aggregates), reason=reason)
        for reason, aggregates in by_reason.items()
    )
