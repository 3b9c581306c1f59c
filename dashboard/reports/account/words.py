"""An account's state and events in words."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from dashboard.metrics.formatting import count_text, duration_text, value_text
from dashboard.metrics.value_words import reason_phrase, value_words
from dashboard.reports.account.account import Row, Status
from dashboard.reports.account.timeline import AccountTimeline, JobDay
from dashboard.reports.shared.moments import between_words, moment_words
from dashboard.scope import Scope


@dataclass(frozen=True)
class State:
    """One thing that holds at the instant of asking: `kind` is `at risk`, `waiting` or `quiet`.

    `conversation_id`: the episode at risk, else None.
    """

    kind: str
    words: str
    reason: str
    conversation_id: str | None = None


def states(found: Status, scope: Scope) -> list[State]:
    """What holds now, most urgent first; a single `quiet` state where nothing does."""
    found_states = []
    if found.waiting.total:
        found_states.append(_waiting(found))
    if found.at_risk:
        found_states.append(_at_risk(found.at_risk, scope))
    return found_states or [
        State("quiet", "No issues", "No open handoffs, and the account is not at risk.")
    ]


def _waiting(found: Status) -> State:
    oldest = found.waiting.rows.iloc[0]
    waited = duration_text(max(oldest["waited_s"], 0))
    why = handoff_words(oldest["handoff_reason"], oldest["handoff_queue"])
    if found.waiting.total == 1:
        return State("waiting", "Waiting for a human now", f"For {waited} ({why}).")
    many = count_text(found.waiting.total, "conversation")
    return State("waiting", "Waiting for a human now", f"{many}, the longest for {waited} ({why}).")


def _at_risk(row: Row, scope: Scope) -> State:
    failed_at = row["failed_at"]
    when = moment_words(failed_at, scope.as_of, scope.time_zone)
    ago = between_words(failed_at, scope.as_of)
    return State(
        "at risk",
        "At risk now",
        f"{row['system']} · {row['name']} failed at {when}, {ago} ago ({row['error_type']}). Not recovered,"
        " and no handoff since.",
        row["conversation_id"],
    )


def handoff_words(reason: str | None, queue: str | None) -> str:
    """Why a handoff was asked for, and where it went: customer request, queue tier-1."""
    words = reason_phrase(reason)
    return f"{words}, queue {value_words('queue', queue)}" if queue else words


def answer_words(row: Row, as_of: datetime) -> str:
    """What became of the handoff of an episode: a human replied after 6 min."""
    requested, human, ended = row["handoff_at"], row["first_human_reply_at"], row["ended_at"]
    if human is not None and human < requested:
        return "a human had already replied"
    if row["times_placed"]:
        return "a human replied" if human else "no human reply"
    if human is not None:
        return f"a human replied after {between_words(requested, human)}"
    if ended is not None:
        return "ended without a human reply"
    return f"no human reply for {between_words(requested, as_of)}"


def revenue_words(revenue: Decimal | None) -> str:
    """735 a month, 78.50 a month; unknown is not 0."""
    if revenue is None:
        return "unknown"
    return f"{revenue:,.2f}".removesuffix(".00") + " a month"


def tenure_words(since: datetime, as_of: datetime) -> str:
    """How long the account has been a customer: 12 days, 18 months, 4 years."""
    days = max((as_of - since).days, 0)
    for longest, unit, size in ((60, "day", 1), (730, "month", 30.44)):
        if days < longest:
            return count_text(int(days / size), unit)
    return count_text(int(days / 365.25), "year")


def contents_words(timeline: AccountTimeline) -> str:
    """How much the timeline holds: its n."""
    unrecovered = sum(failure.recovered_at is None for failure in timeline.failures)
    parts = [count_text(timeline.total, "conversation")]
    failed = count_text(len(timeline.failures), "failure")
    parts.append(f"{failed}, {unrecovered:,} not recovered" if timeline.failures else failed)
    runs = sum(job.runs for job in timeline.job_days)
    parts.append(count_text(runs, "background run"))
    parts.append(count_text(len(timeline.changes), "team change"))
    return "; ".join(parts)


def jobs_words(job_days: tuple[JobDay, ...]) -> list[str]:
    """Each background job of the window in a line, the most frequent first."""
    jobs: dict[tuple[str, str], list[JobDay]] = {}
    for job in job_days:
        jobs.setdefault((job.system, job.name), []).append(job)
    lines = []
    for (system, name), days in sorted(jobs.items(), key=lambda item: -_runs(item[1])):
        runs, successes = _runs(days), sum(job.successes for job in days)
        lines.append(
            f"{system} · {name} ran {count_text(runs, 'time')} on {count_text(len(days), 'day')},"
            f" succeeded {count_text(successes, 'time')}."
        )
    return lines


def _runs(days: list[JobDay]) -> int:
    return sum(job.runs for job in days)


def rating_words(rating: int) -> str:
    """Rated 4 of 5."""
    return f"Rated {value_text('count', rating)} of 5"
