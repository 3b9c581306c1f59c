"""What holds at an instant: accounts at risk, and handoffs that wait for a human."""

import pytest

from dashboard.query.measure import measure
from tests.metrics.story import Story, known, on, window

RISK = "accounts_at_risk"
NOON = window("0 00:00", "1 00:00", as_of="0 12:00")
RESOLVED = {"first_ai_reply_at": "0 08:01", "ended_at": "0 08:30", "closing_signal": "silent"}


@pytest.mark.parametrize(
    ("episode", "is_at_risk"),
    [
        pytest.param({}, True, id="open"),
        pytest.param({"first_ai_reply_at": "0 08:01"}, True, id="open and answered"),
        pytest.param(RESOLVED, True, id="resolved today"),
        pytest.param({**RESOLVED, "closing_signal": "confirmed"}, True, id="confirmed today"),
        pytest.param({**RESOLVED, "closing_signal": "negative"}, False, id="abandoned"),
        pytest.param({**RESOLVED, "closing_signal": None}, False, id="ambiguous"),
        pytest.param({**RESOLVED, "first_ai_reply_at": None}, False, id="nobody answered"),
        pytest.param(
            {**RESOLVED, "first_ai_reply_at": "0 12:00:01"}, False, id="answered after the asking"
        ),
        pytest.param({"handoff_at": "0 08:10"}, False, id="escalated before the failure"),
        pytest.param({"first_human_reply_at": "0 08:10"}, False, id="a human replied"),
        pytest.param({"handoff_at": "0 12:00"}, False, id="escalated at the asking"),
        pytest.param({"handoff_at": "0 12:00:01"}, True, id="escalated after the asking"),
        pytest.param({"ended_at": "0 12:00:01"}, True, id="ends after the asking"),
        pytest.param({"is_excluded": True}, False, id="excluded"),
        pytest.param({"started_at": "0 12:00"}, True, id="starts at the asking"),
        pytest.param({"started_at": "0 12:00:01"}, False, id="starts after the asking"),
        pytest.param(
            {**RESOLVED, "started_at": "-7 12:00", "ended_at": "-7 12:00:01"},
            True,
            id="resolved just within 7 days",
        ),
        pytest.param(
            {**RESOLVED, "started_at": "-7 11:00", "ended_at": "-7 12:00"},
            False,
            id="resolved 7 days ago",
        ),
    ],
)
def test_an_account_is_at_risk_by_its_episodes(story: Story, episode: dict, is_at_risk: bool):
    story.conversation(1, "0 08:00", **episode)
    story.background(1, "0 09:00")
    assert story.value(RISK, NOON) == is_at_risk


@pytest.mark.parametrize(
    ("failure", "is_at_risk"),
    [
        pytest.param({}, True, id="background"),
        pytest.param({"origin": "agent", "conversation_id": "c1"}, True, id="of the agent"),
        pytest.param({"origin": "customer"}, False, id="of the customer's device"),
        pytest.param({"error_type": None}, False, id="no failure"),
        pytest.param({"started_at": "-1 12:00"}, False, id="24 hours ago"),
        pytest.param({"started_at": "-1 12:00:01"}, True, id="just within 24 hours"),
        pytest.param({"started_at": "0 11:59"}, True, id="ends at the asking"),
        pytest.param({"started_at": "0 11:59:01"}, False, id="ends after the asking"),
        pytest.param({"conversation_id": "c2"}, False, id="in an excluded conversation"),
        pytest.param({"account_id": "somebody else"}, False, id="of another account"),
    ],
)
def test_an_account_is_at_risk_by_its_failures(story: Story, failure: dict, is_at_risk: bool):
    story.conversation(1, "0 08:00")
    story.conversation(2, "0 08:00", is_excluded=True)
    story.background(1, "0 09:00", **failure)
    assert story.value(RISK, NOON) == is_at_risk


@pytest.mark.parametrize(
    ("asked", "is_at_risk"),
    [
        ({"handoff_at": "0 09:00"}, False),
        ({"handoff_at": "0 08:59:59"}, True),
        ({"handoff_at": "0 12:00:01"}, True),
        ({"handoff_at": "0 09:30", "is_excluded": True}, True),
        ({"handoff_at": "0 09:30", "account_id": "somebody else"}, True),
        # The conversation is not there yet, whatever time its handoff carries.
        ({"handoff_at": "0 09:30", "started_at": "0 12:00:01"}, True),
    ],
)
def test_who_asked_for_a_human_since_the_failure_is_no_longer_at_risk(
    story: Story, asked: dict, is_at_risk: bool
):
    story.conversation(1, "0 08:00")
    story.background(1, "0 09:00")
    story.conversation(2, "0 08:00", **asked)
    assert story.value(RISK, NOON) == is_at_risk


def test_a_second_failure_after_the_handoff_is_a_new_risk(story: Story):
    story.conversation(1, "0 08:00")
    story.conversation(2, "0 08:00", handoff_at="0 09:30")
    story.background(1, "0 09:00")
    story.background(2, "0 10:00", system="other")
    assert story.groups(RISK, NOON, "system") == {"other": 1}


def test_a_recovered_failure_is_no_risk(story: Story):
    story.conversation(1, "0 08:00")
    story.background(1, "0 09:00")
    story.background(2, "0 11:00", error_type=None)
    assert story.value(RISK, window("0 00:00", "1 00:00", "0 11:00")) == 1
    assert story.value(RISK, window("0 00:00", "1 00:00", "0 11:01")) == 0


def test_the_outermost_failure_stands_for_its_children(story: Story):
    # The call failed inside another, which was repeated and went well.
    story.conversation(1, "0 08:00")
    story.span(1, "0 09:00", conversation_id="c1", name="assist", error_type="timeout")
    story.span(2, "0 09:00", conversation_id="c1", parent_span_id="s1", error_type="timeout")
    assert story.groups(RISK, NOON, "name") == {"assist": 1}
    story.span(3, "0 10:00", conversation_id="c1", name="assist")
    assert story.value(RISK, NOON) == 0


def test_an_outer_failure_stands_for_its_children_once_it_is_known(story: Story):
    # It takes an hour to fail; what failed inside it is known after a second.
    story.conversation(1, "0 08:00")
    long = {"name": "assist", "duration_ms": 3_600_000.0}
    story.span(1, "0 09:00", conversation_id="c1", error_type="timeout", **long)
    story.span(2, "0 09:00", conversation_id="c1", parent_span_id="s1", error_type="timeout")
    half_past = window("0 00:00", "1 00:00", "0 09:30")
    assert story.groups(RISK, half_past, "name") == {"get_invoice": 1}
    assert story.groups(RISK, NOON, "name") == {"assist": 1}


def test_an_account_counts_once_with_its_newest_failure_and_episode(story: Story):
    story.conversation(1, "0 08:00", topic="old")
    story.conversation(2, "0 08:30", topic="new")
    for number, system in enumerate(("a", "b", "c")):
        story.background(number, f"0 09:0{number}", system=system)
    assert story.groups(RISK, NOON, "system") == {"c": 1}
    assert story.groups(RISK, NOON, "topic") == {"new": 1}


@pytest.mark.parametrize(
    ("facts", "is_waiting"),
    [
        ({"handoff_at": "0 12:00"}, True),
        ({"handoff_at": "0 12:00:01"}, False),
        ({}, False),
        ({"handoff_at": "0 09:00", "first_human_reply_at": "0 12:00"}, False),
        ({"handoff_at": "0 09:00", "first_human_reply_at": "0 12:00:01"}, True),
        ({"handoff_at": "0 09:00", "ended_at": "0 12:00"}, False),
        ({"handoff_at": "0 09:00", "ended_at": "0 12:00:01"}, True),
        ({"handoff_at": "0 09:00", "is_excluded": True}, False),
        ({"handoff_at": "0 09:00", "started_at": "0 12:00:01"}, False),
        ({"handoff_at": "-20 09:00", "started_at": "-20 08:00"}, True),
    ],
)
def test_a_handoff_waits_until_a_human_replies_or_the_episode_ends(
    story: Story, facts: dict, is_waiting: bool
):
    story.conversation(1, "0 08:00", **facts)
    assert story.value("open_handoffs", NOON) == is_waiting


@pytest.mark.parametrize(
    ("scope", "instant"),
    [
        (window("0 00:00", "1 00:00", "0 12:00"), "0 12:00"),
        (window("0 00:00", "0 10:00", "0 12:00"), "0 10:00"),
        (window("0 13:00", "0 14:00", "0 12:00"), "0 12:00"),
    ],
)
def test_a_snapshot_is_taken_at_the_end_of_the_window_or_at_the_asking(
    story: Story, scope, instant: str
):
    story.conversation(1, "0 08:00", handoff_at=instant)
    story.conversation(2, "0 08:00", handoff_at="0 08:30", ended_at=instant)
    assert story.value("open_handoffs", scope) == 1


def test_a_trend_takes_one_snapshot_at_the_end_of_each_bucket(story: Story):
    story.conversation(1, "0 08:00", handoff_at="0 08:20", first_human_reply_at="0 10:30")
    story.conversation(2, "0 08:00", handoff_at="0 09:59")
    trend = measure(
        ["open_handoffs"],
        window("0 07:30", "0 13:00", "0 11:10").where("account", story.account),
        bucket="hour",
    )
    found = {row["bucket"]: known(row["value"]) for row in trend.to_dict("records")}
    # At 8:00 none, 9:00 the first, 10:00 both, 11:00 and at the asking the second.
    assert found == {
        on(f"0 {hour:02}:00"): n for hour, n in zip(range(7, 12), (0, 1, 2, 1, 1), strict=True)
    }
