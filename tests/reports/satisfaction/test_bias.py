"""Response bias, and CSAT with every outcome at its own share: by hand."""

from dataclasses import replace

import pytest

from dashboard.query.measure import measure
from dashboard.reports.conversations.conversations import conversations
from dashboard.reports.conversations.question import Question
from dashboard.reports.satisfaction.response_bias import Group, response_bias, reweighted
from dashboard.scope_url import OpenScope
from dashboard.stats.intervals import Z
from tests.conftest import Warehouse
from tests.metrics.hand_made import WEEK, fill
from tests.metrics.story import on
from tests.present import present


@pytest.fixture(scope="module", autouse=True)
def _filled(warehouse: Warehouse) -> None:
    fill(warehouse)


def group(outcome: str, ended: int, satisfied: int, ratings: int) -> Group:
    return Group(outcome, ended, ratings, satisfied, ratings, 0.0, 1.0)


def test_every_outcome_at_its_own_share():
    # Half of the ended are confirmed and half abandoned, but of the ten ratings eight are confirmed
    # ones: 8 of 8 and 0 of 2 make 80 %; at equal shares 1/2 × 8/8 + 1/2 × 0/2 = 50 %.
    found = present(reweighted([group("confirmed", 50, 8, 8), group("abandoned", 50, 0, 2)]))
    assert (found.value, found.covered) == (0.5, 1.0)
    # Shares for the spread: 9/10 of 8 and 1/4 of 2, weights a half each.
    spread = (0.25 * 0.9 * 0.1 / 8 + 0.25 * 0.25 * 0.75 / 2) ** 0.5
    assert (found.low, found.high) == pytest.approx((0.5 - Z * spread, 0.5 + Z * spread))


def test_where_all_answer_at_the_same_rate_nothing_changes():
    found = present(reweighted([group("confirmed", 100, 18, 20), group("escalated", 50, 4, 10)]))
    assert found.value == pytest.approx(22 / 30)


def test_an_outcome_that_nobody_rated_says_nothing():
    found = present(reweighted([group("confirmed", 30, 3, 4), group("ambiguous", 10, 0, 0)]))
    assert (found.value, found.covered) == (0.75, 0.75)
    assert reweighted([group("ambiguous", 10, 0, 0)]) is None
    assert reweighted([]) is None


def test_the_interval_stays_a_share():
    found = present(reweighted([group("confirmed", 10, 1, 1)]))
    assert (found.value, found.high) == (1.0, 1.0)
    assert 0 <= found.low < 1


def test_the_groups_by_hand():
    # Ended: escalated c03, c06, c07, c17, c18, c20, of these rated c03 2, c06 4, c07 5; confirmed
    # c01 5, c08, c22; assumed c02, c09, c19; abandoned c04 1, c05; ambiguous c15 4. c11 is rated, open.
    found = response_bias(WEEK)
    assert [(g.outcome, g.ended, g.rated, g.satisfied, g.ratings) for g in found.groups] == [
        ("escalated", 6, 3, 2, 4),
        ("assumed", 3, 0, 0, 0),
        ("confirmed", 3, 1, 1, 1),
        ("abandoned", 2, 1, 0, 1),
        ("ambiguous", 1, 1, 1, 1),
    ]
    # 12 of the 15 ended have an outcome that was rated: 6/12 × 2/4 + 3/12 × 1 + 2/12 × 0 + 1/12 × 1.
    assert present(found.reweighted).covered == pytest.approx(12 / 15)
    assert present(found.reweighted).value == pytest.approx(0.25 + 0.25 + 1 / 12)


@pytest.mark.parametrize(
    "scope", [WEEK, replace(WEEK, as_of=on("3 12:30")), WEEK.where("topic", "setup")]
)
def test_the_groups_sum_to_the_figures_and_list_what_they_count(scope):
    found = response_bias(scope)
    assert found.groups
    response = measure(["csat_response_rate"], scope).iloc[0]
    assert sum(g.rated for g in found.groups) == response["numerator"]
    assert sum(g.ended for g in found.groups) == response["denominator"]
    for g in found.groups:
        inside = scope.where("outcome", g.outcome)
        asked = OpenScope(None, scope.since, scope.until, scope.as_of, "UTC", inside.filters)
        question = Question(asked, metric="csat_response_rate", part="numerator")
        assert conversations(question, scope.as_of).total == g.rated
        assert 0 <= g.low <= g.response <= g.high <= 1


def test_an_empty_window():
    found = response_bias(WEEK.where("account", "nobody"))
    assert (found.groups, found.reweighted) == ([], None)
