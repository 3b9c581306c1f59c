"""A likely culprit in words: what failed, when, how close, who else, and why it ranks where it does."""

from datetime import datetime

from dashboard.metrics.formatting import count_text, upper_first
from dashboard.reports.conversation.conversation import Conversation
from dashboard.reports.conversation.culprits import Culprit
from dashboard.reports.conversation.customer_timeline import Failure
from dashboard.reports.shared.moments import between_words, moment_words


def name_of(failure: Failure) -> str:
    """The call as people name it: ledger-sync · nightly_sync."""
    return f"{failure.system} · {failure.name}"


def headline(culprit: Culprit, about: Conversation) -> str:
    """What happened and when, short: ledger-sync · nightly_sync failed at 03:10."""
    if culprit.failure is None:
        change = culprit.change
        return f"{change['component']} was changed at {_at(change['changed_at'], about)}"
    times = f"{culprit.times} times, last" if culprit.times > 1 else ""
    return f"{name_of(culprit.failure)} failed {times} at {_at(culprit.at, about)}".replace(
        "  ", " "
    )


def circumstances(culprit: Culprit, about: Conversation) -> str:
    """How close it was, whether it recovered, who else it hit, and whether the conversation refers to it."""
    if culprit.failure is None:
        before = between_words(culprit.at, about.facts["started_at"])
        return f"“{culprit.change['title']}”, {before} before this conversation started."
    phrases = [_nearness(culprit.failure, about), _recovery(culprit.failure, about)]
    if culprit.other_accounts:
        accounts = count_text(culprit.other_accounts, "other account")
        phrases.append(f"{accounts} had the same error within an hour")
    if not culprit.failure.is_here:
        phrases.append(
            {
                "": "this conversation does not refer to it",
                "named": "a message in this conversation mentions it",
                "called": f"this conversation also called {culprit.failure.system}",
            }[culprit.touch]
        )
    words = "; ".join(phrases)
    return f"{upper_first(words)}."


def points_words(culprit: Culprit) -> str:
    """The sum that ranks it: 9 points: not recovered 3, within 6 hours of the first AI answer 2 …"""
    given = ", ".join(f"{what} {points:+d}" for points, what in culprit.points)
    return f"{culprit.total} points: {given}"


def _nearness(failure: Failure, about: Conversation) -> str:
    if failure.is_here:
        return "in this conversation"
    facts = about.facts
    what = "the first AI answer" if facts["first_ai_reply_at"] else "the conversation's start"
    reference = facts["first_ai_reply_at"] or facts["started_at"]
    if failure.failed_at <= reference:
        return f"{between_words(failure.failed_at, reference)} before {what}"
    return f"{between_words(reference, failure.failed_at)} after {what}"


def _recovery(failure: Failure, about: Conversation) -> str:
    if failure.recovered_at is None:
        return "not recovered"
    return f"recovered at {_at(failure.recovered_at, about)}"


def _at(instant: datetime, about: Conversation) -> str:
    return moment_words(instant, about.facts["started_at"], about.scope.time_zone)
