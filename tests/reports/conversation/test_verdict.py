"""The outcome in a sentence, with its reason."""

from typing import Any

import pytest

from dashboard.reports.shared.verdict import verdict
from tests.conftest import at

_NOTHING = dict.fromkeys(
    (
        "ended_at",
        "first_ai_reply_at",
        "handoff_at",
        "handoff_reason",
        "handoff_queue",
        "first_human_reply_at",
        "closing_signal",
        "next_episode_at",
    )
)


def judged(outcome: str, **known: Any):
    facts = {**_NOTHING, "outcome": outcome, "started_at": at(9), "times_placed": False, **known}
    return verdict(facts, known.get("as_of", at(20)), "UTC")


ANSWERED = {"first_ai_reply_at": at(9 + 1 / 60), "ended_at": at(9.2)}


@pytest.mark.parametrize(
    ("outcome", "known", "sentence"),
    [
        (
            "escalated",
            {
                "handoff_at": at(13),
                "handoff_reason": "customer_request",
                "first_human_reply_at": at(13.1),
            },
            "a handoff was requested at 13:00 (customer request); a human replied after 6 min.",
        ),
        (
            "escalated",
            {"handoff_at": at(13), "handoff_reason": "policy", "handoff_queue": "tier2"},
            "a handoff was requested at 13:00 (policy, queue tier2); no human has replied for 7 h.",
        ),
        (
            "escalated",
            {"handoff_at": at(13), "ended_at": at(14)},
            "a handoff was requested at 13:00 (no reason recorded); it ended at 14:00 without"
            " a human reply.",
        ),
        (
            "escalated",
            {"first_human_reply_at": at(10)},
            "a human replied at 10:00, with no handoff recorded.",
        ),
        (
            "escalated",
            {"handoff_at": at(13), "first_human_reply_at": at(12)},
            "a handoff was requested at 13:00 (no reason recorded); a human had already replied at 12:00.",
        ),
        ("pending", {}, "it is still open; the AI has not answered."),
        (
            "pending",
            {"first_ai_reply_at": at(9, 1)},
            "it is still open; the AI first answered at Tue 3 Mar, 09:00.",
        ),
        ("abandoned", {"ended_at": at(10)}, "it ended at 10:00 without an answer from the AI."),
        (
            "abandoned",
            {**ANSWERED, "closing_signal": "negative"},
            "the AI answered at 09:01, it ended at 09:12 and the customer left dissatisfied.",
        ),
        (
            "confirmed",
            ANSWERED,
            "the AI answered at 09:01 and the customer confirmed; it ended at 09:12.",
        ),
        (
            "assumed",
            ANSWERED,
            "the AI answered at 09:01 and the customer went silent without confirming.",
        ),
        (
            "ambiguous",
            ANSWERED,
            "the AI answered at 09:01, it ended at 09:12, and no closing signal was recorded.",
        ),
        ("excluded", {}, "a test, spam or outbound conversation, excluded from every figure."),
    ],
)
def test_every_outcome_has_its_reason(outcome: str, known: dict[str, Any], sentence: str):
    assert judged(outcome, **known).reason == sentence


@pytest.mark.parametrize(
    ("back", "as_of", "note"),
    [
        (
            at(13),
            at(20),
            "The same account came back 3 h 48 min later, so it is not durable"
            " (24 hours, 72 hours, 7 days).",
        ),
        (
            at(13, 1),
            at(20, 2),
            "The same account came back 1 d 3 h later, so it is not durable (72 hours, 7 days).",
        ),
        (
            None,
            at(20),
            "No new episode of the account in the 10 h 48 min since; too early to count as durable.",
        ),
        (
            None,
            at(20, 2),
            "No new episode of the account within 24 hours: durable so far.",
        ),
        (None, at(20, 9), "No new episode of the account within 7 days: durable."),
    ],
)
def test_whether_a_resolution_lasted(back, as_of, note):
    assert note in judged("assumed", **ANSWERED, next_episode_at=back, as_of=as_of).notes


def test_placed_times_and_an_ai_that_took_no_part_are_said():
    notes = judged("abandoned", ended_at=at(10), times_placed=True).notes
    assert any("was not involved" in note for note in notes)
    assert any("assigned" in note for note in notes)
    waited = judged("escalated", handoff_at=at(10), first_human_reply_at=at(11), times_placed=True)
    assert waited.reason.endswith("after 1 h (assigned times).")
