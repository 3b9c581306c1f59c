"""The outcome of an episode at an instant: the first rule that holds, and nothing that came later."""

import pytest
from sqlalchemy import select, text

from dashboard.metrics.facts import FACTS
from dashboard.metrics.sql import rows_of
from dashboard.postgres.read import fetch
from tests.metrics.story import Story, window

NOON = window("0 00:00", "1 00:00", as_of="0 12:00")
ANSWERED = {"first_ai_reply_at": "0 09:01"}
ENDED = {**ANSWERED, "ended_at": "0 09:30"}
JUST_AFTER = "0 12:00:00.000001"


@pytest.mark.parametrize(
    ("facts", "outcome"),
    [
        pytest.param({}, "pending", id="nothing but a start"),
        pytest.param(ANSWERED, "pending", id="answered, still open"),
        pytest.param({**ANSWERED, "closing_signal": "confirmed"}, "pending", id="signal, no end"),
        pytest.param({"ended_at": "0 09:30"}, "abandoned", id="nobody answered"),
        pytest.param(
            {"ended_at": "0 09:30", "closing_signal": "confirmed"},
            "abandoned",
            id="confirmed, yet the AI never answered",
        ),
        pytest.param({**ENDED, "closing_signal": "negative"}, "abandoned", id="negative"),
        pytest.param({**ENDED, "closing_signal": "confirmed"}, "confirmed", id="confirmed"),
        pytest.param({**ENDED, "closing_signal": "silent"}, "assumed", id="silent"),
        pytest.param(ENDED, "ambiguous", id="no signal"),
        pytest.param({"handoff_at": "0 09:10"}, "escalated", id="handoff before pending"),
        pytest.param({"first_human_reply_at": "0 09:10"}, "escalated", id="human without handoff"),
        pytest.param(
            {**ENDED, "closing_signal": "confirmed", "handoff_at": "0 09:10"},
            "escalated",
            id="handoff before confirmed",
        ),
        pytest.param(
            {**ENDED, "closing_signal": "negative", "first_human_reply_at": "0 09:10"},
            "escalated",
            id="human before negative",
        ),
        pytest.param({"handoff_at": "0 12:00"}, "escalated", id="handoff exactly at the asking"),
        pytest.param({"handoff_at": JUST_AFTER}, "pending", id="handoff just after the asking"),
        pytest.param({"first_human_reply_at": JUST_AFTER}, "pending", id="human just after"),
        pytest.param(
            {**ANSWERED, "ended_at": "0 12:00", "closing_signal": "silent"},
            "assumed",
            id="end exactly at the asking",
        ),
        pytest.param(
            {**ANSWERED, "ended_at": JUST_AFTER, "closing_signal": "silent"},
            "pending",
            id="end just after the asking",
        ),
        pytest.param(
            {"ended_at": "0 09:30", "first_ai_reply_at": JUST_AFTER, "closing_signal": "silent"},
            "abandoned",
            id="answer just after the asking",
        ),
    ],
)
def test_the_first_rule_that_holds(story: Story, facts: dict, outcome: str):
    story.conversation(1, "0 09:00", **facts)
    assert story.groups("episodes", NOON, by="outcome") == {outcome: 1}


def test_one_episode_asked_about_again_and_again(story: Story):
    story.conversation(
        1,
        "0 09:00",
        ended_at="0 09:30",
        first_ai_reply_at="0 09:01",
        closing_signal="confirmed",
        handoff_at="0 11:00",
        handoff_reason="policy",
        handoff_queue="tier1",
        first_human_reply_at="0 11:30",
        rating=2,
        rated_at="0 10:00",
    )

    def asked(as_of: str, by: str) -> dict:
        return story.groups("episodes", window("0 00:00", "1 00:00", as_of), by)

    assert asked("0 08:59:59", "outcome") == {}
    assert asked("0 09:00", "outcome") == {"pending": 1}
    assert asked("0 09:30", "outcome") == {"confirmed": 1}
    assert asked("0 11:00", "outcome") == {"escalated": 1}
    assert asked("0 10:59", "reason") == asked("0 10:59", "queue") == {None: 1}
    assert asked("0 11:00", "reason") == {"policy": 1}
    assert asked("0 11:00", "queue") == {"tier1": 1}
    assert asked("0 09:00", "handled_by") == {"nobody": 1}
    assert asked("0 09:01", "handled_by") == {"ai only": 1}
    assert asked("0 11:30", "handled_by") == {"ai and human": 1}
    assert story.value("ratings", window("0 00:00", "1 00:00", "0 09:59")) == 0
    assert story.value("ratings", window("0 00:00", "1 00:00", "0 10:00")) == 1


@pytest.mark.parametrize(
    ("facts", "is_involved"),
    [
        ({}, False),
        ({"first_human_reply_at": "0 09:10"}, False),
        ({"first_ai_reply_at": "0 09:10"}, True),
        ({"handoff_at": "0 09:10"}, True),
        ({"first_ai_reply_at": JUST_AFTER}, False),
        ({"handoff_at": JUST_AFTER}, False),
    ],
)
def test_involved_is_an_answer_or_a_handoff(story: Story, facts: dict, is_involved: bool):
    story.conversation(1, "0 09:00", **facts)
    assert story.value("involved_rate", NOON) == is_involved


def test_a_human_reply_without_the_ai_is_no_failure_of_containment(story: Story):
    story.conversation(1, "0 09:00", first_human_reply_at="0 09:10", ended_at="0 10:00")
    story.conversation(2, "0 09:00", **ENDED, closing_signal="silent")
    assert story.part("containment_rate", NOON) == (1, 1)


@pytest.mark.parametrize(
    ("started", "is_in"),
    [
        ("-1 23:59:59.999999", False),
        ("0 00:00", True),
        ("0 23:59:59.999999", True),
        ("1 00:00", False),
    ],
)
def test_the_window_is_half_open(story: Story, started: str, is_in: bool):
    story.conversation(1, started)
    story.conversation(2, started, is_excluded=True)
    story.conversation(3, "-3 00:00", handoff_at=started)
    story.conversation(4, "-3 00:00", rating=5, rated_at=started)
    story.span(1, started, error_type="timeout")
    day = window("0 00:00", "1 00:00")
    for metric in ("episodes", "excluded_episodes", "escalations", "spans", "failed_spans"):
        assert story.value(metric, day) == is_in, metric
    assert story.value("ratings", day, dating="event") == is_in


@pytest.mark.parametrize(
    ("facts", "answered_after", "waited"),
    [
        # Unknown, not 0: an episode that never asked for a human has no waiting time.
        ({}, None, None),
        ({"first_human_reply_at": "0 09:10"}, None, None),
        ({"handoff_at": "0 09:05", "first_human_reply_at": "0 09:10"}, 300, None),
        ({"handoff_at": "0 11:50"}, None, 600),
        ({"handoff_at": "0 09:05", "ended_at": "0 09:06"}, None, 60),
        ({"handoff_at": "0 09:05", "times_placed": True}, None, None),
        (
            {"handoff_at": "0 09:05", "first_human_reply_at": "0 09:10", "times_placed": True},
            None,
            None,
        ),
    ],
)
def test_an_episode_waits_from_its_handoff(
    story: Story, facts: dict, answered_after: int | None, waited: int | None
):
    story.conversation(1, "0 09:00", **facts)
    rows = fetch(select(text("*")).select_from(rows_of(FACTS["episodes"], NOON)))
    (mine,) = [row for row in rows if row["account_id"] == story.account]
    assert (mine["answered_after_s"], mine["waited_s"]) == (answered_after, waited)
