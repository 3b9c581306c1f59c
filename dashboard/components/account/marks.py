"""What happened to the account, as points in lanes: each with a text and a link to its conversations."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta

from dashboard.charts.timeline import Mark
from dashboard.components.shared.links import conversation_link, conversations_link
from dashboard.components.shared.plain_text import as_line
from dashboard.metrics.formatting import count_text, instant_words
from dashboard.metrics.value_words import OUTCOME_WORDS
from dashboard.reports.account.bucketed_events import EventBucket
from dashboard.reports.account.timeline import (
    AccountTimeline,
    Event,
    JobDay,
    account_of,
    events,
    is_waiting,
)
from dashboard.reports.account.words import answer_words, handoff_words, rating_words
from dashboard.reports.conversation.culprit_words import name_of
from dashboard.reports.conversation.customer_timeline import Failure
from dashboard.reports.shared.moments import moment_words
from dashboard.reports.shared.titles import conversation_title
from dashboard.scope import Scope
from dashboard.scope_url import OpenScope

_MOST_SYSTEMS = 6
_LONGEST = 80
_DAY = timedelta(hours=24)
_AFTER = "; links to the conversations in the 24 hours after"
_CHANGES, _OTHERS, _HANDOFFS, _RATINGS = (
    "team changes",
    "other systems",
    "handoffs",
    "ratings",
)
_OUTCOMES = {
    "confirmed": "resolved",
    "assumed": "resolved",
    "escalated": "escalated",
    "abandoned": "abandoned",
    "ambiguous": "ambiguous",
    "pending": "open",
}
"""Outcome → its lane, from top to bottom."""


def around(page_scope: OpenScope, at: datetime) -> OpenScope:
    """The 24 hours that begin at `at`, seen as the page is: what may have followed from it."""
    return replace(page_scope, length=None, since=at, until=at + _DAY)


def failure_link(page_scope: OpenScope, failure: Failure) -> str:
    """The conversation that a call failed in; of background work, those of the 24 hours after."""
    if failure.conversation_id is None:
        return conversations_link(around(page_scope, failure.started_at))
    account = account_of(page_scope.filters)
    return conversation_link(page_scope, account, failure.conversation_id)


def lanes_of(timeline: AccountTimeline) -> list[str]:
    """The lanes that have something in them, from top to bottom: causes above, what followed below."""
    happened = list(events(timeline))
    kinds = {event.kind for event in happened} | {
        bucket.kind for bucket in timeline.bucketed_events
    }
    outcomes = {event.what["outcome"] for event in happened if event.kind == "conversation"}
    outcomes |= {
        bucket.value for bucket in timeline.bucketed_events if bucket.kind == "conversation"
    }
    lanes = [_CHANGES] if "change" in kinds else []
    lanes += _system_lanes(timeline)
    lanes += [lane for outcome, lane in _OUTCOMES.items() if outcome in outcomes]
    lanes += [
        lane for kind, lane in (("handoff", _HANDOFFS), ("rating", _RATINGS)) if kind in kinds
    ]
    return list(dict.fromkeys(lanes))


def _system_lanes(timeline: AccountTimeline) -> list[str]:
    failures: dict[str, int] = {}
    for failure in timeline.failures:
        failures[failure.system] = failures.get(failure.system, 0) + 1
    for job in timeline.job_days:
        failures.setdefault(job.system, 0)
    named = sorted(failures, key=lambda system: (-failures[system], system))
    return [as_line(s) for s in named[:_MOST_SYSTEMS]] + (
        [_OTHERS] if named[_MOST_SYSTEMS:] else []
    )


def marks_of(
    timeline: AccountTimeline, lanes: list[str], page_scope: OpenScope, scope: Scope
) -> Iterator[Mark]:
    """Every event as a mark, and one for each day on which a system's jobs succeeded.

    Where there are too many conversations, one for each bucket of them.
    """

    def lane(system: str) -> str:
        named = as_line(system)
        return named if named in lanes else _OTHERS

    for event in events(timeline):
        if event.kind == "failure":
            yield _failure_mark(event.what, lane(event.what.system), page_scope)
        elif event.kind == "change":
            words = f"{as_line(event.what['component'])}: {as_line(event.what['title'])[:_LONGEST]}"
            words += _AFTER
            link = conversations_link(around(page_scope, event.at))
            yield Mark(_CHANGES, "change", event.at, words, link)
        elif not timeline.bucketed_events:
            yield _episode_mark(event, page_scope, scope)
    for bucket in timeline.bucketed_events:
        yield _bucket_mark(bucket, page_scope)
    for system, days in _successes_by_system(timeline).items():
        for jobs in days.values():
            yield _jobs_mark(jobs, lane(system), page_scope)


def _episode_mark(event: Event, page_scope: OpenScope, scope: Scope) -> Mark:
    row = event.what
    link = conversation_link(page_scope, row["account_id"], row["conversation_id"])
    title = as_line(conversation_title(row))[:_LONGEST]
    if event.kind == "conversation":
        words = f"{OUTCOME_WORDS[row['outcome']]}: {title}"
        return Mark(_OUTCOMES[row["outcome"]], row["outcome"], event.at, words, link)
    if event.kind == "handoff":
        why = as_line(handoff_words(row["handoff_reason"], row["handoff_queue"]))
        words = f"Handoff requested ({why}), {answer_words(row, scope.as_of)}: {title}"
        return Mark(_HANDOFFS, "waiting" if is_waiting(row) else "handoff", event.at, words, link)
    comment = f": “{as_line(row['rating_comment'])[:_LONGEST]}”" if row["rating_comment"] else ""
    return Mark(
        _RATINGS, level_of(row["rating"]), event.at, f"{rating_words(row['rating'])}{comment}", link
    )


def _bucket_mark(bucket: EventBucket, page_scope: OpenScope) -> Mark:
    inside = replace(page_scope, length=None, since=bucket.since, until=bucket.until)
    zone = page_scope.time_zone
    when = (
        f"{instant_words(bucket.since, zone)} to {moment_words(bucket.until, bucket.since, zone)}"
    )
    if bucket.kind == "conversation":
        lane, kind = _OUTCOMES[bucket.value], bucket.value
        words = f"{OUTCOME_WORDS[kind]}: {count_text(bucket.count, 'conversation')}"
        link = conversations_link(inside.where("outcome", kind))
    elif bucket.kind == "handoff":
        lane, kind, words = _HANDOFFS, "handoff", count_text(bucket.count, "handoff")
        link = conversations_link(inside, "escalations")
    else:
        lane, kind = _RATINGS, level_of(int(bucket.value))
        words = f"{rating_words(int(bucket.value))}: {count_text(bucket.count, 'time')}"
        link = conversations_link(inside.where("rating", bucket.value), "ratings", dating="event")
    at = bucket.since + _place(bucket) * (bucket.until - bucket.since)
    return Mark(lane, kind, at, words, link, bucket.count, when)


def _place(bucket: EventBucket) -> float:
    """Where in its time range a bucket is drawn, so that those of one lane are side by side."""
    if bucket.kind == "rating":
        return int(bucket.value) / 6
    return {"confirmed": 1 / 3, "assumed": 2 / 3}.get(bucket.value, 1 / 2)


def level_of(rating: int) -> str:
    """Low for 1 and 2, high for 4 and 5, else middle."""
    return "low" if rating <= 2 else "high" if rating >= 4 else "middle"


def _failure_mark(failure: Failure, lane: str, page_scope: OpenScope) -> Mark:
    kind = "failed" if failure.recovered_at is None else "recovered"
    recovered = "" if failure.recovered_at is None else ", then recovered"
    after = "" if failure.conversation_id else _AFTER
    words = f"{as_line(name_of(failure))} failed: {as_line(failure.error_type)}{recovered}{after}"
    return Mark(lane, kind, failure.failed_at, words, failure_link(page_scope, failure))


def _successes_by_system(timeline: AccountTimeline) -> dict[str, dict[date, list[JobDay]]]:
    found: dict[str, dict[date, list[JobDay]]] = {}
    for job in timeline.job_days:
        if job.successes:
            found.setdefault(job.system, {}).setdefault(job.day, []).append(job)
    return found


def _jobs_mark(jobs: list[JobDay], lane: str, page_scope: OpenScope) -> Mark:
    last = max(job.succeeded_at for job in jobs if job.succeeded_at)
    named = [f"{as_line(job.name)} {count_text(job.successes, 'time')}" for job in jobs[:3]]
    more = f" and {len(jobs) - 3} more jobs" if len(jobs) > 3 else ""
    words = f"Succeeded that day: {', '.join(named)}{more}{_AFTER}"
    return Mark(lane, "succeeded", last, words, conversations_link(around(page_scope, last)))
