"""Reasons, queues, waits and the unanswered, on the warehouse that is small enough to count by hand."""

from dataclasses import replace
from typing import Any

import pytest

from dashboard.metrics.registry import METRICS
from dashboard.query.measure import measure
from dashboard.reports.conversations.conversations import conversations
from dashboard.reports.conversations.question import Question
from dashboard.reports.escalations.crosstab import Crossed, cross, crosstab, residuals
from dashboard.reports.escalations.handoffs import unanswered, waiting
from dashboard.reports.escalations.queue_load import Queue, queue_load
from dashboard.reports.escalations.time_to_human import curves
from dashboard.scope import Scope
from dashboard.scope_url import OpenScope
from tests.conftest import Warehouse
from tests.metrics.hand_made import WEEK, fill
from tests.metrics.story import known, on

EARLY = replace(WEEK, as_of=on("3 12:30"))
"""The same week, asked while c03 waits."""


@pytest.fixture(scope="module", autouse=True)
def _filled(warehouse: Warehouse) -> None:
    fill(warehouse)


def listed(scope: Scope, metric: str, **asked: Any) -> int:
    """How many conversations the list has behind a figure."""
    within = OpenScope(None, scope.since, scope.until, scope.as_of, scope.time_zone, scope.filters)
    return conversations(Question(within, metric=metric, **asked), scope.as_of).total


def value(metric: str, scope: Scope) -> float | None:
    return known(measure([metric], scope).iloc[0]["value"])


def test_reasons_by_topic():
    found = crosstab("escalations", WEEK, "topic", "reason")
    assert dict(found.counts) == {
        ("billing", "policy"): 1,
        ("billing", "tool_failure"): 1,  # c00, c03
        ("setup", "knowledge_gap"): 1,
        ("setup", "policy"): 1,  # c11, c20
        (None, "customer_request"): 1,
        (None, "unclassified"): 1,  # c06, c17
        (None, "low_confidence"): 1,  # c18
    }
    assert found.rows == (None, "billing", "setup")
    assert found.columns[0] == "policy"
    assert (found.row_total(None), found.column_total("policy")) == (3, 2)
    assert found.count(found.rows, found.columns) == found.total == value("escalations", WEEK)


@pytest.mark.parametrize("scope", [WEEK, EARLY, WEEK.where("topic", None, "setup")])
def test_every_cell_lists_what_it_counts(scope: Scope):
    found = crosstab("escalations", scope, "topic", "reason")
    assert found.total == value("escalations", scope)
    assert found.counts
    for (topic, reason), count in found.counts.items():
        inside = scope.where("topic", topic).where("reason", reason)
        assert listed(inside, "escalations") == count


def test_more_than_topic_and_reason_explain():
    # Of 100, 40 are a's and 50 x's: 20 expected of a · x. Its residual: (35 − 20) / √(20 × 0.6 × 0.5).
    found = cross({("a", "x"): 35, ("a", "y"): 5, ("b", "x"): 15, ("b", "y"): 45})
    first, second = residuals(found)
    assert (first.row, first.column, first.count, first.expected) == ("a", "x", 35, 20.0)
    assert first.residual == pytest.approx(15 / 6**0.5)
    # b · y: 45 where 30 are expected, with the same residual, as in every table of two by two.
    assert (second.row, second.column, second.expected) == ("b", "y", 30.0)


@pytest.mark.parametrize(
    "counts",
    [
        {},
        {("a", "x"): 10},  # one cell is all there is
        {("a", "x"): 25, ("a", "y"): 25, ("b", "x"): 25, ("b", "y"): 25},
        {("a", "x"): 4, ("b", "y"): 4},  # too few to say, though nothing is anywhere else
        {("a", "x"): 22, ("a", "y"): 18, ("b", "x"): 18, ("b", "y"): 22},  # within noise
    ],
)
def test_nothing_is_named_on_noise(counts: dict):
    found: Crossed = cross(counts)
    assert residuals(found) == []


def load_of(scope: Scope) -> list[Queue]:
    return queue_load(scope, curves(scope)[1])


def test_every_queue_s_load():
    queues = {queue.queue: queue for queue in load_of(WEEK)}
    # c00, c03, c20; c11, c18; c06, c17. At the week's end c11 and c14 wait.
    assert [(queue, load.count("escalations")) for queue, load in queues.items()] == [
        ("tier2", 3),
        ("tier1", 2),
        (None, 2),
    ]
    assert [load.count("open_handoffs") for load in queues.values()] == [0, 2, 0]
    assert [load.longest_wait for load in queues.values()] == [None, 11.5 * 3600, None]
    # Answered after 600, 1800 and 2400 s; c06 after 300 s, c17's times are placed; c11 waits, c18 left.
    assert [load.waits["time_to_human_p50"] for load in queues.values()] == [1800, None, 300]
    assert [load.waits["time_to_human_p90"] for load in queues.values()] == [2400, None, 300]
    assert [load.count("unanswered_rate", "numerator") for load in queues.values()] == [0, 1, 0]
    assert [load.value("unanswered_rate") for load in queues.values()] == [0, 1, 0]


@pytest.mark.parametrize("scope", [WEEK, EARLY, WEEK.where("topic", "setup")])
def test_queues_sum_to_the_figures(scope: Scope):
    queues = load_of(scope)
    assert queues
    for key in ("escalations", "open_handoffs"):
        assert sum(queue.count(key) for queue in queues) == value(key, scope)
        for queue in queues:
            assert listed(scope.where("queue", queue.queue), key) == queue.count(key)
    for queue in queues:
        for key, seconds in queue.waits.items():
            assert seconds == value(key, scope.where("queue", queue.queue))


def test_a_queue_in_which_only_somebody_waits():
    # c11 asked on 6; on 7 nothing else came to its queue but c14, at that very instant.
    later = Scope(on("7 06:00"), on("7 12:00"), on("7 12:00"))
    (queue,) = load_of(later)
    assert (queue.queue, queue.count("escalations"), queue.count("open_handoffs")) == (
        "tier1",
        0,
        2,
    )
    assert queue.waits["time_to_human_p50"] is None
    assert queue.longest_wait == 23.5 * 3600


def test_the_oldest_waits_on_top():
    found = waiting(WEEK, 10)
    assert [(row.conversation_id, row.waited_s) for row in found.rows.itertuples()] == [
        ("c11", 11.5 * 3600),
        ("c14", 0),
    ]
    assert found.total == 2 == value("open_handoffs", WEEK)
    # Neither account is in the catalogue; a10 to a13 have no row in it.
    assert list(found.rows["account_name"]) == ["a6", "a13"]


def test_a_capped_list_says_how_many_there_are():
    found = waiting(WEEK, 1)
    assert ([*found.rows["conversation_id"]], found.total) == (["c11"], 2)


def test_who_waits_is_seen_as_of_the_instant():
    found = waiting(EARLY, 10)
    assert [(row.conversation_id, row.waited_s) for row in found.rows.itertuples()] == [
        ("c03", 20 * 60)
    ]
    assert unanswered(EARLY, 10).total == 0


def test_whom_nobody_answered():
    found = unanswered(WEEK, 10)
    assert [(row.conversation_id, row.waited_s) for row in found.rows.itertuples()] == [
        ("c18", 40 * 60)
    ]
    figure = measure(["unanswered_rate"], WEEK).iloc[0]
    assert found.total == figure["numerator"] == listed(WEEK, "unanswered_rate", part="numerator")


def test_filters_narrow_the_lists():
    assert waiting(WEEK.where("account", "a13"), 10).total == 1
    assert unanswered(WEEK.where("account", "a13"), 10).total == 0
    assert unanswered(WEEK.where("topic", None), 10).total == 1


def test_an_answer_after_the_asking_has_not_come():
    # c11 is answered at 8 13:00; half an hour before it still waits, and is nobody's failure yet.
    late = Scope(on("6 00:00"), on("9 00:00"), on("8 12:30"))
    assert METRICS["unanswered_rate"].good == "down"
    assert "c11" in set(waiting(late, 10).rows["conversation_id"])
    assert "c11" not in set(unanswered(late, 10).rows["conversation_id"])
    after = replace(late, as_of=on("8 13:00"))
    assert "c11" not in set(waiting(after, 10).rows["conversation_id"])
