"""Everything that happened to one account, on one line of time, as of an instant."""

from datetime import date, datetime, timedelta

import pytest

from dashboard.reports.account import timeline as report
from dashboard.reports.account.bucketed_events import bucketed_events
from dashboard.reports.account.timeline import (
    MOST_CONVERSATIONS,
    MOST_FAILURES,
    AccountTimeline,
    JobDay,
    account_timeline,
    events,
)
from dashboard.reports.account.words import answer_words, contents_words, jobs_words
from dashboard.scope import Scope
from tests.conftest import Warehouse, at, conversation, span
from tests.reports.nightly_story import tell


@pytest.fixture(scope="module", autouse=True)
def _story(warehouse: Warehouse) -> None:
    tell(warehouse)


def seen(as_of: datetime, key: str = "a1", days: float = 90, zone: str = "UTC") -> AccountTimeline:
    return account_timeline(Scope.last(timedelta(days=days), as_of, zone).where("account", key))


def told(timeline: AccountTimeline) -> list[tuple[str, str, float]]:
    """Kind, which one, and the hour after midnight, in order of time."""

    def name(event: report.Event) -> str:
        if event.kind == "failure":
            return event.what.span_id
        return event.what["change_id" if event.kind == "change" else "conversation_id"]

    return [
        (event.kind, name(event), round((event.at - at(0)) / timedelta(hours=1), 3))
        for event in sorted(events(timeline), key=lambda event: event.at)
    ]


def test_the_whole_story_in_order():
    assert told(seen(at(20))) == [
        ("conversation", "c0", -110),
        ("change", "retries", -4),
        ("failure", "snight", 3.175),  # 03:10 and the 30 s that it took
        ("conversation", "c1", 9),
        ("failure", "sfirst", 9.006),
        ("conversation", "c2", 13),
        ("handoff", "c2", 13.083),
        ("rating", "c2", 14),
        ("change", "later", 15),
    ]


def test_the_call_inside_a_job_stands_under_it_and_a_mended_one_says_when():
    night, first = seen(at(20)).failures
    assert [cause.span_id for cause in night.causes] == ["sinner"]
    assert (night.trace_id, night.recovered_at) == ("run-night", None)
    assert first.recovered_at == at(9.008) + timedelta(seconds=1)


def test_nothing_after_the_instant_of_asking():
    then = seen(at(13))
    assert told(then)[-1] == ("conversation", "c2", 13)
    assert then.conversations[0]["outcome"] == "pending"
    assert told(seen(at(3)))[-1][1] == "retries"
    # 3 s before the job's end its failure was not known, 25 s into c1 the retry's success was not.
    assert told(seen(at(3 + 10 / 60 + 27 / 3600)))[-1][1] == "retries"
    assert seen(at(9 + 25 / 3600)).failures[-1].recovered_at is None


def test_what_is_before_the_window_is_not_there_but_what_came_of_it_is():
    # The six hours before 19:05 saw the handoff and the rating of a conversation that is older.
    assert told(seen(at(19 + 1 / 60), days=0.25)) == [
        ("handoff", "c2", 13.083),
        ("rating", "c2", 14),
        ("change", "later", 15),
    ]


def test_jobs_are_one_row_a_day_in_the_reporting_time_zone():
    jobs = seen(at(20)).job_days
    assert jobs == (
        JobDay("ledger-sync", "nightly_sync", date(2026, 3, 2), 1, 0, None),
        JobDay("ledger-sync", "nightly_sync", date(2026, 3, 1), 1, 1, at(3 + 10 / 60 - 24)),
    )
    assert jobs_words(jobs) == [
        "ledger-sync · nightly_sync ran 2 times on 2 days, succeeded 1 time."
    ]
    # While the job runs, nobody knows how it will end.
    assert seen(at(3 + 10 / 60 + 15 / 3600)).job_days == jobs[1:]
    # In Los Angeles both nights are still the evening before.
    west = seen(at(20), zone="America/Los_Angeles").job_days
    assert [job.day for job in west] == [date(2026, 3, 1), date(2026, 2, 28)]


def test_its_n_in_words():
    assert contents_words(seen(at(20))) == (
        "3 conversations; 2 failures, 1 not recovered; 2 background runs; 2 team changes"
    )
    assert contents_words(seen(at(0, -10))) == (
        "0 conversations; 0 failures; 0 background runs; 0 team changes"
    )


def test_nobody_else_s_and_nothing_excluded():
    assert {what for _, what, _ in told(seen(at(20), "b3"))} == {"snight3", "retries", "later"}
    assert "ctest" not in {row["conversation_id"] for row in seen(at(20)).conversations}


def test_an_account_without_anything_has_the_team_s_changes_alone():
    assert {kind for kind, _, _ in told(seen(at(20), "nobody"))} == {"change"}
    assert told(seen(at(0, -10), "nobody")) == []


@pytest.mark.parametrize(
    ("known", "words"),
    [
        ({"first_human_reply_at": at(1.5)}, "a human replied after 30 min"),
        ({"first_human_reply_at": at(0.5)}, "a human had already replied"),
        ({"ended_at": at(2)}, "ended without a human reply"),
        ({}, "no human reply for 4 h"),
        ({"times_placed": True}, "no human reply"),
        ({"times_placed": True, "first_human_reply_at": at(2)}, "a human replied"),
    ],
)
def test_what_became_of_a_handoff(known: dict, words: str):
    row = {
        "handoff_at": at(1),
        "first_human_reply_at": None,
        "ended_at": None,
        "times_placed": False,
    }
    assert answer_words(row | known, at(5)) == words


def test_too_many_are_counted_by_the_day_and_it_says_so(warehouse: Warehouse):
    many = MOST_CONVERSATIONS + 40
    warehouse.add(
        "conversations",
        [
            conversation(
                f"m{i}",
                at(0, -30) + timedelta(minutes=30 * i),
                account_id="many",
                first_ai_reply_at=at(0, -30) + timedelta(minutes=30 * i),
                ended_at=at(0, -30) + timedelta(minutes=30 * i + 5),
                closing_signal="confirmed" if i % 2 else "negative",
                handoff_at=at(0, -30) + timedelta(minutes=30 * i) if i % 8 == 0 else None,
                rating=1 + i % 5 if i % 4 == 1 else None,
            )
            for i in range(many)
        ],
    )
    failed = {"account_id": "many", "error_type": "timeout"}
    count = MOST_FAILURES + 1
    warehouse.add("spans", [span(f"m{i}", at(0, -30 + i / count), **failed) for i in range(count)])
    found = seen(at(0), "many", days=31)
    assert (len(found.conversations), found.total) == (MOST_CONVERSATIONS, many)
    assert found.conversations[0]["conversation_id"] == f"cm{many - 1}"
    assert len(found.failures) == MOST_FAILURES
    assert "sm0" not in {failure.span_id for failure in found.failures}
    assert found.left_out == (
        "Showing the newest 600 of 640 conversations; choose a shorter window to see earlier ones.",
        "Showing the newest 500 of 501 failed calls; choose a shorter window to see earlier ones.",
    )
    counted = {
        kind: sum(bucket.count for bucket in found.bucketed_events if bucket.kind == kind)
        for kind in ("conversation", "handoff", "rating")
    }
    assert counted == {"conversation": 640, "handoff": 80, "rating": 160}
    # 48 a day: 24 confirmed, 6 handed over, 18 left dissatisfied.
    first = {
        h.value: h.count
        for h in found.bucketed_events
        if h.since == at(0, -30) and h.kind != "rating"
    }
    assert first == {"confirmed": 24, "escalated": 6, "abandoned": 18, "": 6}


def test_a_heap_ends_with_its_day_and_with_the_window():
    scope = Scope(at(6, -5), at(18), at(20)).where("account", "a1")
    found = {
        (bucket.kind, bucket.value): (bucket.since, bucket.until)
        for bucket in bucketed_events(scope)
    }
    assert found == {
        ("conversation", "abandoned"): (at(6, -5), at(0, -4)),
        ("conversation", "assumed"): (at(0), at(18)),
        ("conversation", "escalated"): (at(0), at(18)),
        ("handoff", ""): (at(0), at(18)),
        ("rating", "1"): (at(0), at(18)),
    }
