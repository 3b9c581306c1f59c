"""What most likely went wrong for a customer before and in a conversation, by points that anybody can add up.

A failed call or job is a candidate when it failed inside the conversation, or elsewhere before the
first AI answer or the handoff, whichever came later. Its points:

    3   it happened inside the conversation
    3   it had not been recovered when the AI first answered (inside: it never was); minus 3 if it had
    3, 2 or 1   it failed within 1, 6 or 24 hours before the first AI answer
    2   background work or another conversation, and nothing in this conversation touches it; or a
        message here names it
    2 or 1   10 or more other accounts, or at least one, had the same error within an hour
    2   the team changed that component in the 24 hours before it failed

A change by the team is a candidate when it was made in the 24 hours before the conversation started
and names the agent's version or a system that the conversation called: 2 points, and up to 3 for how
recent it was. Below 4 points nothing is called likely. The points rank; they prove nothing.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from dashboard.postgres.read import fetch, query
from dashboard.reports.conversation.conversation import Conversation
from dashboard.reports.conversation.customer_timeline import CustomerTimeline, Failure

LEAST_POINTS = 4
MOST_CULPRITS = 5
_ASKED_ABOUT = 12
_DAY = timedelta(hours=24)
_RECENT = ((timedelta(hours=1), 3), (timedelta(hours=6), 2), (_DAY, 1))
_MARKS = re.compile(r"[\W_]+")

Points = tuple[tuple[int, str], ...]
"""Points and what each was given for."""


@dataclass(frozen=True)
class Culprit:
    """A likely cause, and its points: a failure (with how often it happened), or else a change."""

    points: Points
    failure: Failure | None = None
    times: int = 1
    other_accounts: int = 0
    change: Mapping[str, Any] = field(default_factory=dict)
    touch: str = ""

    @property
    def total(self) -> int:
        return sum(points for points, _ in self.points)

    @property
    def at(self) -> datetime:
        return self.failure.failed_at if self.failure else self.change["changed_at"]


def culprits(about: Conversation, timeline: CustomerTimeline) -> list[Culprit]:
    """The likely ones, the strongest first, at most `MOST_CULPRITS`. Raises the errors of `fetch`."""
    groups = _groups(about, timeline.failures)
    others = _other_accounts(about, [group[-1] for group in groups])
    found = [
        _of_failure(about, timeline, group, count)
        for group, count in zip(groups, others, strict=True)
    ]
    found += [_of_change(about, change) for change in _changes_that_fit(about, timeline.changes)]
    likely = [culprit for culprit in found if culprit.total >= LEAST_POINTS]
    return sorted(likely, key=lambda culprit: (-culprit.total, -culprit.at.timestamp()))[
        :MOST_CULPRITS
    ]


def _groups(about: Conversation, failures: Iterable[Failure]) -> list[list[Failure]]:
    """Candidates by call and error, here and elsewhere apart; those nearest to the answer last in line."""
    decided_at = max(about.answered_at, about.facts["handoff_at"] or about.answered_at)
    groups: dict[tuple, list[Failure]] = {}
    for failure in failures:
        if failure.is_here or failure.failed_at <= decided_at:
            kind = (failure.system, failure.name, failure.error_type, failure.is_here)
            groups.setdefault(kind, []).append(failure)
    nearest = sorted(groups.values(), key=lambda group: group[-1].failed_at, reverse=True)
    return nearest[:_ASKED_ABOUT]


def _of_failure(
    about: Conversation, timeline: CustomerTimeline, group: Sequence[Failure], others: int
) -> Culprit:
    failure, answered_at = group[-1], about.answered_at
    touch = _touch(about, failure)
    points = []
    if failure.is_here:
        points.append((3, "in this conversation"))
    points.append(_recovery(failure, answered_at))
    if not failure.is_here:
        points += _recency(answered_at - failure.failed_at)
        if touch == "":
            points.append((2, "this conversation does not refer to it"))
        elif touch == "named":
            points.append((2, "a message in this conversation mentions it"))
    if others:
        many = others >= 10
        points.append((2 if many else 1, "other accounts had the same error within an hour"))
    if any(_was_changed(failure, change) for change in timeline.changes):
        points.append((2, "team change to this component in the 24 hours before"))
    return Culprit(tuple(points), failure, len(group), others, touch=touch)


def _recovery(failure: Failure, answered_at: datetime) -> tuple[int, str]:
    recovered_at = failure.recovered_at
    if recovered_at is None:
        return 3, "not recovered"
    if not failure.is_here and recovered_at > answered_at:
        return 3, "not recovered when the AI answered"
    return -3, "recovered"


def _recency(age: timedelta) -> list[tuple[int, str]]:
    for reach, points in _RECENT:
        if timedelta() <= age <= reach:
            hours = reach // timedelta(hours=1)
            return [(points, f"less than {hours} hour{'s' if hours > 1 else ''} before")]
    return []


def _of_change(about: Conversation, change: dict[str, Any]) -> Culprit:
    recent = _recency(about.facts["started_at"] - change["changed_at"])
    points = ((2, "a change to something this conversation used"), *recent)
    return Culprit(points, change=change)


def _changes_that_fit(about: Conversation, changes: Iterable[dict[str, Any]]) -> list[dict]:
    started_at = about.facts["started_at"]
    used = {_words(entry.row["system"]) for entry in about.entries if not entry.is_message}
    version = _words(about.facts["agent_version"] or "")
    return [
        change
        for change in changes
        if timedelta() <= started_at - change["changed_at"] <= _DAY
        and (
            (version and f" {version} " in f" {_words(change['title'])} ")
            or _words(change["component"]) in used
        )
    ]


def _was_changed(failure: Failure, change: dict[str, Any]) -> bool:
    if not timedelta() <= failure.started_at - change["changed_at"] <= _DAY:
        return False
    component = _words(change["component"])
    calls = {_words(call.system) for call in (failure, *failure.causes)}
    title = f" {_words(change['title'])} "
    return component in calls or any(f" {call} " in title for call in calls if call)


def _touch(about: Conversation, failure: Failure) -> str:
    """How the conversation meets a failure: '' not at all, 'named' by a message, 'called' the system."""
    names = [f" {_words(text)} " for text in (failure.system, failure.name) if _words(text)]
    for entry in about.entries:
        if entry.is_message and any(name in f" {_words(entry.row['body'])} " for name in names):
            return "named"
    calls = (entry.row for entry in about.entries if not entry.is_message)
    return "called" if any(call["system"] == failure.system for call in calls) else ""


def _words(text: str) -> str:
    return _MARKS.sub(" ", text.lower()).strip()


def _other_accounts(about: Conversation, failures: Sequence[Failure]) -> list[int]:
    if not failures:
        return []
    rows = fetch(
        query("lists/same_failures.sql"),
        {
            "systems": [failure.system for failure in failures],
            "names": [failure.name for failure in failures],
            "errors": [failure.error_type for failure in failures],
            "instants": [failure.started_at for failure in failures],
            "account": about.key[0],
            "as_of": about.scope.as_of,
        },
    )
    return [row["other_accounts"] for row in rows]
