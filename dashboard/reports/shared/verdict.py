"""The outcome of a conversation in one sentence, with the reason for it, and what else the figures say."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from dashboard.metrics.formatting import duration_text
from dashboard.metrics.value_words import OUTCOME_WORDS, reason_phrase
from dashboard.reports.shared.moments import between_words, moment_words

_DURABLE = {
    "24 hours": timedelta(hours=24),
    "72 hours": timedelta(hours=72),
    "7 days": timedelta(days=7),
}

Row = dict[str, Any]


@dataclass(frozen=True)
class Verdict:
    """`label` is the outcome in a word or two, `reason` the sentence behind it, `notes` more sentences."""

    outcome: str
    label: str
    reason: str
    notes: list[str] = field(default_factory=list)


def verdict(facts: Row, as_of: datetime, time_zone: str) -> Verdict:
    """The verdict on one row of `facts/episodes.sql` as of `as_of`."""
    outcome = facts["outcome"]

    def at(instant: datetime) -> str:
        return moment_words(instant, facts["started_at"], time_zone)

    sentence = {
        "escalated": _escalated,
        "pending": _pending,
        "abandoned": _abandoned,
        "confirmed": _resolved,
        "assumed": _resolved,
        "ambiguous": _ambiguous,
        "excluded": lambda *_: "a test, spam or outbound conversation, excluded from every figure",
    }[outcome](facts, as_of, at)
    notes = []
    if outcome in ("confirmed", "assumed"):
        notes.append(_durability(facts, as_of))
    if outcome != "excluded" and not facts["first_ai_reply_at"] and not facts["handoff_at"]:
        notes.append("The AI was not involved, so containment and resolution exclude it.")
    if facts["times_placed"]:
        notes.append(
            "The source has no timestamps. Times were assigned: the order is real, durations are not."
        )
    return Verdict(outcome, OUTCOME_WORDS[outcome], f"{sentence}.", notes)


def _escalated(facts: Row, as_of: datetime, at: Callable[[datetime], str]) -> str:
    handoff, human = facts["handoff_at"], facts["first_human_reply_at"]
    if not handoff:
        return f"a human replied at {at(human)}, with no handoff recorded"
    reason = reason_phrase(facts["handoff_reason"])
    queue = f", queue {facts['handoff_queue']}" if facts["handoff_queue"] else ""
    requested = f"a handoff was requested at {at(handoff)} ({reason}{queue})"
    if human and human < handoff:
        return f"{requested}; a human had already replied at {at(human)}"
    if human:
        return f"{requested}; a human replied after {_measured(facts, handoff, human)}"
    if facts["ended_at"]:
        return f"{requested}; it ended at {at(facts['ended_at'])} without a human reply"
    return f"{requested}; no human has replied for {_measured(facts, handoff, as_of)}"


def _pending(facts: Row, as_of: datetime, at: Callable[[datetime], str]) -> str:
    answered = facts["first_ai_reply_at"]
    ai = f"the AI first answered at {at(answered)}" if answered else "the AI has not answered"
    return f"it is still open; {ai}"


def _abandoned(facts: Row, as_of: datetime, at: Callable[[datetime], str]) -> str:
    ended = f"it ended at {at(facts['ended_at'])}"
    if not facts["first_ai_reply_at"]:
        return f"{ended} without an answer from the AI"
    return (
        f"the AI answered at {at(facts['first_ai_reply_at'])}, {ended}"
        " and the customer left dissatisfied"
    )


def _resolved(facts: Row, as_of: datetime, at: Callable[[datetime], str]) -> str:
    answered = f"the AI answered at {at(facts['first_ai_reply_at'])}"
    if facts["outcome"] == "confirmed":
        return f"{answered} and the customer confirmed; it ended at {at(facts['ended_at'])}"
    return f"{answered} and the customer went silent without confirming"


def _ambiguous(facts: Row, as_of: datetime, at: Callable[[datetime], str]) -> str:
    return (
        f"the AI answered at {at(facts['first_ai_reply_at'])}, it ended at"
        f" {at(facts['ended_at'])}, and no closing signal was recorded"
    )


def _durability(facts: Row, as_of: datetime) -> str:
    """Whether the resolution lasted, by the durable resolution's own rule."""
    ended, back = facts["ended_at"], facts["next_episode_at"]
    if back:
        failed = [words for words, window in _DURABLE.items() if back < ended + window]
        return (
            f"The same account came back {between_words(ended, back)} later, so it is not"
            f" durable ({', '.join(failed)})."
        )
    age = as_of - ended
    lasted = [words for words, window in _DURABLE.items() if age >= window]
    if not lasted:
        return (
            f"No new episode of the account in the {duration_text(age.total_seconds())} since;"
            " too early to count as durable."
        )
    more = "" if lasted[-1] == "7 days" else " so far"
    return f"No new episode of the account within {lasted[-1]}: durable{more}."


def _measured(facts: Row, earlier: datetime, later: datetime) -> str:
    words = between_words(earlier, later)
    return f"{words} (assigned times)" if facts["times_placed"] else words
