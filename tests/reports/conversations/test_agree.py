"""The list behind a figure and the figure itself: the same rows, for every metric of the registry."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Select, column, literal_column, select

from dashboard.metrics.facts import FACTS
from dashboard.metrics.kinds import Product
from dashboard.metrics.metric import Metric
from dashboard.metrics.registry import METRICS
from dashboard.metrics.sql import conditions, rows_of
from dashboard.postgres.read import fetch
from dashboard.query.measure import measure
from dashboard.reports.conversations.conversations import ConversationList, conversations
from dashboard.reports.conversations.parts import DENOMINATOR, NUMERATOR, Part, parts_of
from dashboard.reports.conversations.question import Question
from dashboard.reports.conversations.rows import part_of
from dashboard.scope import Scope
from dashboard.scope_url import OpenScope
from tests.conftest import Warehouse
from tests.metrics.hand_made import WEEK, fill
from tests.metrics.story import known, on
from tests.present import present

CASES = [
    (key, part, dating)
    for key, metric in METRICS.items()
    for dating in (("episode", "event") if metric.by_event else ("episode",))
    for part in parts_of(metric, dating)
]
SCOPES = {
    "the whole week": WEEK,
    "as of an instant within it": replace(WEEK, as_of=on("3 12:30")),
    "one topic": WEEK.where("topic", "billing"),
    "topic unknown or setup": WEEK.where("topic", None, "setup"),
    "one account": WEEK.where("account", "a1"),
}


@pytest.fixture(scope="module", autouse=True)
def _filled(warehouse: Warehouse) -> None:
    fill(warehouse)


def asked_in(scope: Scope) -> OpenScope:
    return OpenScope(
        None, scope.since, scope.until, scope.as_of, scope.time_zone, filters=scope.filters
    )


def listed(scope: Scope, **asked: Any) -> ConversationList:
    return conversations(Question(asked_in(scope), **asked), scope.as_of)


def keys_of_rows(part: Part, scope: Scope) -> list[tuple[str, str | None]]:
    """Account and conversation of every row that the figure counts, by the figure's own SQL."""
    fact = FACTS[part.fact]
    statement: Select = (
        select(column("account_id"), column("conversation_id"))
        .select_from(rows_of(fact, scope))
        .where(literal_column(f"({part.where})"), *conditions(fact, scope.filters))
    )
    return [(row["account_id"], row["conversation_id"]) for row in fetch(statement)]


@pytest.mark.parametrize("scope", SCOPES.values(), ids=SCOPES)
@pytest.mark.parametrize(("key", "part", "dating"), CASES)
def test_the_list_holds_the_conversations_of_the_figure_s_rows(
    key: str, part: str, dating: str, scope: Scope
):
    found = listed(scope, metric=key, part=part, dating=dating)
    rows = keys_of_rows(parts_of(METRICS[key], dating)[part], scope)
    shown = [(row["account_id"], row["conversation_id"]) for row in found.rows]
    assert sorted(shown) == sorted({pair for pair in rows if pair[1] is not None})
    count = next(count for count in found.parts if count.is_listed)
    assert count.part.key == part
    assert (count.rows, count.conversations, count.without_conversation) == (
        len(rows),
        len(shown),
        sum(pair[1] is None for pair in rows),
    )
    assert found.total == len(shown)


def measured(metric: Metric, dating: str) -> tuple[float | None, float | None]:
    figure = measure([metric.key], WEEK, dating=dating).iloc[0]
    return known(figure["numerator"]), known(figure["denominator"])


@pytest.mark.parametrize("key", METRICS)
def test_the_parts_have_the_numbers_of_the_figure(key: str):
    metric = METRICS[key]
    for dating in ("episode", "event") if metric.by_event else ("episode",):
        counts = {
            count.part.key: count.rows for count in listed(WEEK, metric=key, dating=dating).parts
        }
        numerator, denominator = measured(metric, dating)
        if numerator is None and denominator is None:
            # A product of shares is no share of one thing in another.
            assert isinstance(metric.kind, Product)
        elif NUMERATOR in counts:
            assert (counts[NUMERATOR], counts[DENOMINATOR]) == (numerator, denominator)
        else:
            assert counts[DENOMINATOR] in (numerator, denominator)


@pytest.mark.parametrize("key", METRICS)
def test_numerator_and_rest_make_up_the_whole(key: str):
    counts = {count.part.key: count.rows for count in listed(WEEK, metric=key).parts}
    # Of a share of rows of one fact, the rest can be listed; of a rate per something else it cannot.
    counted = METRICS[key].kind.row_counts
    has_rest = len(counted) > 1 and counted[0].fact == counted[-1].fact
    assert ("rest" in counts) == has_rest
    if has_rest:
        assert counts[NUMERATOR] + counts["rest"] == counts[DENOMINATOR]


def test_a_filter_that_the_figure_lacks_narrows_the_list_alone():
    whole = listed(WEEK, metric="containment_rate", part=DENOMINATOR)
    some = listed(WEEK.where("system", "billing-api"), metric="containment_rate", part=DENOMINATOR)
    assert [count.rows for count in some.parts] == [count.rows for count in whole.parts]
    assert 0 < some.total < whole.total


def test_a_filter_that_the_figure_has_is_the_figure_s():
    scope = WEEK.where("system", "billing-api")
    found = listed(scope, metric="failed_spans")
    assert found.parts[0].rows == measure(["failed_spans"], scope).iloc[0]["value"]
    calls = [call for row in found.rows for call in row["calls"]]
    assert calls
    assert all(call.startswith("billing-api · ") for call in calls)


@pytest.mark.parametrize("key", METRICS)
def test_without_a_part_the_link_leads_to_what_went_wrong(key: str):
    metric = METRICS[key]
    part = present(part_of(Question(asked_in(WEEK), metric=key)))
    expected = {"up": "rest", "down": NUMERATOR, "neither": DENOMINATOR}[metric.good]
    parts = parts_of(metric, "episode")
    assert part.key == (expected if expected in parts else DENOMINATOR)
    assert part.words
