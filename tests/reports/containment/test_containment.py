"""Funnel, rules, drivers and versions on one small week, worked out by hand."""

from fractions import Fraction

import pytest

from dashboard.query.measure import measure
from dashboard.reports.containment.funnel import funnel
from dashboard.reports.containment.switchboard import switchboard
from dashboard.reports.containment.versions import compare_versions, known_versions
from dashboard.reports.shared.change import before
from dashboard.reports.shared.drivers import can_be_split, drivers, sentence
from dashboard.scope import Scope
from tests.conftest import Warehouse, at, conversation
from tests.present import present

WEEK = Scope(at(0), at(24 * 7), at(24 * 12))


def episodes(name: str, day: float, fates: str, **known) -> list[dict]:
    """One episode each: c confirmed, s silent, n negative, e escalated, p pending, x never answered,
    h nobody involved; each of an account of its own."""
    rows = []
    for number, fate in enumerate(fates):
        start = at(10 + number / 100, days=day)
        rows.append(
            conversation(
                f"{name}-{number}",
                start,
                account_id=f"{name}-{number}",
                first_ai_reply_at=None if fate in "xh" else at(10.2 + number / 100, days=day),
                handoff_at=at(10.3 + number / 100, days=day) if fate in "ex" else None,
                ended_at=None if fate == "p" else at(11 + number / 100, days=day),
                closing_signal={"c": "confirmed", "s": "silent", "n": "negative"}.get(fate),
                **known,
            )
        )
    return rows


@pytest.fixture(scope="module", autouse=True)
def _filled(warehouse: Warehouse) -> None:
    week_before = [
        *episodes("b1", -6, "c" * 80 + "e" * 20, topic="billing", agent_version="v1"),
        *episodes("s1", -6, "c" * 20 + "e" * 80, topic="setup", agent_version="v1"),
    ]
    this_week = [
        *episodes("b2", 1, "c" * 40 + "e" * 10, topic="billing", agent_version="v1"),
        *episodes("s2", 1, "s" * 60 + "e" * 90, topic="setup", agent_version="v2"),
        *episodes("b3", 2, "c" * 10 + "n" * 5 + "e" * 35, topic="billing", agent_version="v2"),
        *episodes("s3", 2, "c" * 5 + "e" * 45, topic="setup", agent_version="v1"),
        *episodes("o", 3, "pppxxhhh"),
    ]
    # One account comes back a day later: its episode is resolved, but not durably.
    back = conversation("back", at(10, days=2), account_id="b2-0")
    warehouse.add("conversations", [*week_before, *this_week, back])


def test_the_funnel_narrows_step_by_step():
    # All: 50 + 150 + 50 + 50 + 8 + 1. Not involved: hhh and the one that is back. Answered: without
    # xx. Resolved: 40 + 60 + 10 + 5. Durable: all of those but one.
    steps = funnel(WEEK)
    assert [(step.label, step.count) for step in steps] == [
        ("Eligible", 309),
        ("Involved", 305),
        ("Answered", 303),
        ("Resolved", 115),
        ("Durable 72 h", 114),
    ]
    assert steps[-1].undecided == 0


def test_what_is_too_recent_is_undecided():
    # A day after the second day: those of day 1 ended 2 days ago, those of day 2 one day ago.
    early = funnel(Scope(at(0), at(72), at(72)))
    assert (early[3].count, early[4].count, early[4].undecided) == (115, 0, 114)


def test_the_rules_disagree_on_the_episodes_that_are_named():
    found = switchboard(WEEK)
    by_rule = {row.metric: (row.numerator, row.denominator) for row in found.figures.itertuples()}
    # Settled: 305 involved, 3 of them pending. Escalated: 10 + 90 + 35 + 45 and xx.
    assert by_rule["containment_rate"] == (120, 302)
    assert by_rule["resolution_rate"] == (115, 302)
    assert by_rule["durable_resolution_rate_72h"] == (114, 115)
    assert [difference.count for difference in found.disagreements] == [5, 1]


def test_the_drivers_sum_to_the_change():
    # Before: billing 80/100, setup 20/100 → 100/200. After: billing 55/100, setup 65/200, unknown
    # 0/2 → 120/302.
    found = drivers("containment_rate", WEEK, before(WEEK), "topic")
    split = present(found.split)
    assert (split.before, split.after) == ((100, 200), (120, 302))
    assert split.change == Fraction(120, 302) - Fraction(1, 2)
    parts = {part.segment: (part.before, part.after) for part in split.contributions}
    assert parts == {
        "billing": ((80, 100), (55, 100)),
        "setup": ((20, 100), (65, 200)),
        None: ((0, 0), (0, 2)),
    }
    assert sum((part.total for part in split.contributions), Fraction()) == split.change
    # billing: mix (100/302 − 1/2)·(0.675 − 0.44868) = −0.03822, rate 0.41556·(−0.25) = −0.10389
    # setup: mix (200/302 − 1/2)·(0.2625 − 0.44868) = −0.03021, rate 0.58113·0.125 = +0.07264
    assert sentence(found, "previous 7 days") == (
        "Containment fell 10.3 points (50.0 % to 39.7 %) vs. previous 7 days, mostly Billing "
        "(−14.2 points, its rate) and (unknown) (−0.3 points, its share of volume). In total −3.1 "
        "points from rates, −7.1 points from mix."
    )


def test_only_shares_can_be_split():
    assert can_be_split("containment_rate")
    assert not can_be_split("automation_rate")
    assert not can_be_split("escalations")


def test_a_period_without_episodes_cannot_be_compared():
    found = drivers("containment_rate", WEEK, before(before(WEEK)), "topic")
    assert found.split is None
    assert "has no data" in sentence(found, "previous 7 days")


def test_versions_are_compared_on_one_mix_of_topics():
    # v1: billing 40/50, setup 5/50 → plain 45/100. v2: billing 15/50, setup 60/150 → plain 75/200.
    # Weights: billing 100/300, setup 200/300.
    # v1: 0.8/3 + 0.1·2/3 = 0.33333. v2: 0.3/3 + 0.4·2/3 = 0.36667.
    scope = Scope(at(0), at(72), at(24 * 12))
    assert set(known_versions(scope)) == {"v1", "v2"}
    found = present(compare_versions("containment_rate", scope, "v1", "v2"))
    (first, *_), (second, *_) = found.rates
    assert first == pytest.approx(1 / 3)
    assert second == pytest.approx(0.8 / 3 + 0.1)
    gap, low, high = found.difference
    assert gap == pytest.approx(1 / 30)
    assert low < 0 < high
    assert found.covered == 1.0
    topics = {pair.topic: (pair.first, pair.second, pair.is_clear) for pair in found.topics}
    assert topics == {
        "billing": ((40, 50), (15, 50), True),
        "setup": ((5, 50), (60, 150), True),
    }


def test_versions_without_a_common_topic_are_not_compared():
    scope = WEEK.where("topic", "nothing of the kind")
    assert compare_versions("containment_rate", scope, "v1", "v2") is None


def test_totals_and_breakdowns_agree():
    whole = measure(["containment_rate"], WEEK).iloc[0]
    parts = measure(["containment_rate"], WEEK, by=["topic"])
    assert parts["numerator"].sum() == whole["numerator"]
    assert parts["denominator"].sum() == whole["denominator"]
