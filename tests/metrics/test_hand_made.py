"""Every metric of the registry against a figure that a person counted."""

from dataclasses import fields
from typing import Any

import pandas as pd
import pytest

from dashboard.metrics.registry import METRICS
from dashboard.query.measure import measure
from dashboard.scope import Scope
from tests.conftest import Warehouse
from tests.metrics.expected import BY_EVENT, EXPECTED, Expected
from tests.metrics.hand_made import WEEK, fill
from tests.metrics.story import known, on, window


@pytest.fixture(scope="module", autouse=True)
def _filled(warehouse: Warehouse) -> None:
    fill(warehouse)


def figures(metrics: list[str], scope: Scope, **asked: Any) -> dict[str, dict]:
    frame = measure(metrics, scope, **asked)
    return {row["metric"]: row for row in frame.to_dict("records")}


def assert_is(measured: dict, expected: Expected) -> None:
    for field in fields(Expected):
        wanted, found = getattr(expected, field.name), known(measured[field.name])
        assert found == (wanted if wanted is None else pytest.approx(wanted, abs=1e-6)), field.name


def groups(metric: str, by: str, scope: Scope = WEEK, **asked: Any) -> dict[str | None, tuple]:
    """Dimension value → (numerator, denominator)."""
    frame = measure([metric], scope, by=[by], **asked)
    return {
        row[by]: (known(row["numerator"]), known(row["denominator"]))
        for row in frame.to_dict("records")
    }


def days(metric: str, scope: Scope = WEEK, **asked: Any) -> list[float | None]:
    return [known(value) for value in measure([metric], scope, bucket="day", **asked)["value"]]


def test_every_metric_has_an_expectation_worked_out_by_hand():
    assert set(EXPECTED) == set(METRICS)
    assert set(BY_EVENT) == {key for key, metric in METRICS.items() if metric.by_event}


@pytest.mark.parametrize("key", EXPECTED)
def test_it_measures_what_was_counted_by_hand(key: str):
    assert_is(figures([key], WEEK)[key], EXPECTED[key])


@pytest.mark.parametrize("key", BY_EVENT)
def test_dated_by_its_own_event(key: str):
    assert_is(figures([key], WEEK, dating="event")[key], BY_EVENT[key])


def test_a_metric_without_an_event_of_its_own_is_dated_by_its_episode_either_way():
    others = [key for key in METRICS if key not in BY_EVENT]
    by_event, by_episode = (measure(others, WEEK, dating=dating) for dating in ("event", "episode"))
    pd.testing.assert_frame_equal(by_event, by_episode)


def test_asked_together_or_alone_the_figures_are_the_same():
    together = figures(list(METRICS), WEEK)
    for key, expected in EXPECTED.items():
        assert_is(together[key], expected)


def test_where_nothing_happened_counts_are_zero_and_rates_unknown():
    nothing = figures(list(METRICS), window("20 00:00", "21 00:00"))
    for key, metric in METRICS.items():
        is_count = metric.unit == "count"
        # Only c14 got neither an answer nor an end, and is still waiting then.
        happened = 1 if key == "open_handoffs" else 0
        assert known(nothing[key]["value"]) == (happened if is_count else None), key


def test_as_of_an_instant_within_the_week():
    # Started by 3 12:30: c01–c05 and c17. c03 has asked for a human, who comes at 12:40.
    then = window("0 00:00", "7 00:00", as_of="3 12:30")
    measured = figures(list(METRICS), then)
    expected = {
        "episodes": (6, None),
        "excluded_episodes": (1, None),
        "involved_rate": (5, 6),
        # c01, c02, c04. Not: c03, c17. Not involved: c05.
        "containment_rate": (3, 5),
        "resolution_rate": (2, 5),
        # Ended by 2 12:30: c01, c02. c03 starts 59 h after c02's end.
        "durable_resolution_rate_24h": (2, 2),
        # Ended by 0 12:30: c01, back after 24 h.
        "durable_resolution_rate_72h": (0, 1),
        "durable_resolution_rate_7d": (0, 0),
        # c00, c03, c17.
        "escalations": (3, None),
        "open_handoffs": (1, None),
        # c01 and c04; c03 is rated later.
        "csat": (1, 2),
        # s01–s07, s19, s20.
        "spans": (9, None),
        # s02, s04, s06, s07, s19, s20; s03 has recovered s02.
        "unrecovered_error_rate": (5, 9),
        "silent_failures": (1, None),
        # a1 has asked for a human since its failure; no other failed in these 24 h.
        "accounts_at_risk": (0, None),
    }
    found = {
        key: (known(measured[key]["numerator"]), known(measured[key]["denominator"]))
        for key in expected
    }
    assert found == expected


def test_resolved_yet_back_already_leaves_no_range():
    # c01 and c02 both came back within 7 days, c02 is not mature: it is decided all the same.
    figure = figures(["durable_resolution_rate_7d"], window("0 00:00", "2 00:00", "7 12:00"))
    assert_is(
        figure["durable_resolution_rate_7d"],
        Expected(0.0, 1, 0, 1, 0.0, 0.793450, 0.0, 0.0),
    )


def test_breakdowns_keep_what_is_not_known_as_none():
    # Unknown: c05, c06, c07, c17, c18.
    assert groups("episodes", "topic") == {
        "billing": (4, None),
        "setup": (9, None),
        None: (5, None),
    }
    # a3 and a5 are solo: c06, c09. a4's plan is not known, nor are those of a8 to a11.
    assert groups("episodes", "plan") == {"team": (7, None), "solo": (3, None), None: (8, None)}
    assert groups("escalations", "reason") == {
        "policy": (2, None),
        "tool_failure": (1, None),
        "customer_request": (1, None),
        "knowledge_gap": (1, None),
        "unclassified": (1, None),
        "low_confidence": (1, None),
    }
    assert groups("escalations", "queue") == {
        "tier1": (2, None),
        "tier2": (3, None),
        None: (2, None),
    }


def test_a_rate_by_what_only_the_events_have_is_per_100_of_the_whole_base():
    # 16 involved episodes in all; two handoffs for policy, one after a tool failed.
    by_reason = groups("escalation_rate", "reason")
    assert by_reason["policy"] == (2, 16)
    assert by_reason["tool_failure"] == (1, 16)
    # A filter on it leaves the base alone as well.
    only = measure(["escalation_rate"], WEEK.where("reason", "policy")).iloc[0]
    assert (only["value"], only["n"]) == (12.5, 16)


def test_outcomes_at_the_asking():
    # c05 and c04 are abandoned; c07 and the six are escalated.
    assert groups("episodes", "outcome") == {
        "escalated": (7, None),
        "pending": (2, None),
        "abandoned": (2, None),
        "confirmed": (3, None),
        "assumed": (3, None),
        "ambiguous": (1, None),
    }


def test_satisfaction_by_who_handled_it():
    # AI only: c01 5, c04 1, c11 3 (its human comes later), c15 4. Both: c03 2. Human: c06 4, c07 5.
    assert groups("csat", "handled_by") == {
        "ai only": (2, 4),
        "ai and human": (0, 1),
        "human only": (2, 2),
        "nobody": (0, 0),
    }


def test_errors_by_system():
    assert groups("api_error_rate", "system") == {
        # Failed: s02, s04, s06, s21, s22, s32. Not: s01, s03, s05.
        "billing-api": (6, 9),
        "gateway": (1, 1),
        # s14, and s15 that did not fail.
        "crm-sync": (1, 2),
        # Failed: s11, s12, s16, s17, s19, s20, s27, s28, s30. Not: s13, s18, s24, s29.
        "usage-feed": (9, 13),
    }


def test_filters_narrow_every_figure():
    billing = WEEK.where("topic", "billing")
    assert_is(figures(["episodes"], billing)["episodes"], Expected(4, 4, 4))
    # Handoffs c00 and c03: answered after 600 s and 1800 s.
    waited = figures(["time_to_human_p50", "time_to_human_p90"], billing)
    assert_is(waited["time_to_human_p50"], Expected(600, 2, 2, 2))
    assert_is(waited["time_to_human_p90"], Expected(1800, 2, 2, 2))
    # The 4 of billing and the 5 unknown.
    either = WEEK.where("topic", None, "billing")
    assert known(figures(["episodes"], either)["episodes"]["value"]) == 9


def test_days_in_utc():
    # 0: c01. 1: c02. 2: c04, c05. 3: c03, c17. 4: c06, c15, c16, c22. 5: c07, c09, c18. 6: the rest.
    assert days("episodes") == [1, 1, 2, 2, 4, 3, 5]
    # Ratings by the day they came: c00 and c01; none; c04; c03; c06; c07; none.
    assert days("ratings", dating="event") == [2, 0, 1, 1, 1, 1, 0]
    assert days("csat", dating="event") == [0.5, None, 0, 0, 1, 1, None]


def test_days_in_another_zone():
    # In Kolkata (+5:30) a day ends at 18:30 UTC: c09 (5 20:00) and c08 (6 23:00) move on by one.
    local = window("0 00:00", "7 00:00", as_of="8 12:00", zone="Asia/Kolkata")
    trend = measure(["episodes"], local, bucket="day")
    assert list(trend["bucket"])[:2] == [on("-1 18:30"), on("0 18:30")]
    assert [known(value) for value in trend["value"]] == [1, 1, 2, 2, 4, 2, 5, 1]


def test_a_snapshot_is_taken_at_the_end_of_each_day_until_the_asking():
    # Waiting at the end of days 5, 6, 7 and at 8 12:00: none; c11 and c14; c11 and c14; the same.
    # c19 asks a second later.
    late = window("5 00:00", "9 00:00", as_of="8 12:00")
    assert days("open_handoffs", late) == [0, 2, 2, 2]
    # At the end of day 5: a5's s12 is recovered; a10 (s16) has no episode yet; a9 asked at 10:10.
    assert days("accounts_at_risk", late)[:2] == [0, 2]
