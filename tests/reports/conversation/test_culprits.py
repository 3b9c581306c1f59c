"""What happened to a customer around a conversation, and what of it is likely to blame."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from dashboard.reports.conversation.conversation import Conversation, conversation
from dashboard.reports.conversation.culprit_words import circumstances, headline, points_words
from dashboard.reports.conversation.culprits import LEAST_POINTS, Culprit, culprits
from dashboard.reports.conversation.customer_timeline import CustomerTimeline, customer_timeline
from dashboard.scope import Scope
from tests.conftest import Warehouse, at, message, span
from tests.conftest import conversation as row
from tests.present import present
from tests.reports.nightly_story import OTHERS, tell


@pytest.fixture(scope="module", autouse=True)
def _story(warehouse: Warehouse) -> None:
    tell(warehouse)


def looked_at(
    key: str, as_of: datetime, account: str = "a1"
) -> tuple[Conversation, CustomerTimeline, list[Culprit]]:
    about = conversation(account, key, Scope.last(timedelta(days=1), as_of))
    assert isinstance(about, Conversation)
    timeline = customer_timeline(about)
    return about, timeline, culprits(about, timeline)


def test_the_night_s_failure_is_the_first_culprit_and_says_why():
    about, _, found = looked_at("c1", at(20))
    assert headline(found[0], about) == "ledger-sync · nightly_sync failed at 03:10"
    assert circumstances(found[0], about) == (
        f"5 h 50 min before the first AI answer; not recovered; {OTHERS} other accounts had the same"
        " error within an hour; this conversation does not refer to it."
    )
    assert points_words(found[0]) == (
        "11 points: not recovered +3, less than 6 hours before +2, this conversation does not"
        " refer to it +2, other accounts had the same error within an hour +2, team change to this"
        " component in the 24 hours before +2"
    )
    assert found[0].at < about.facts["first_ai_reply_at"]


def test_the_job_stands_for_its_failed_child_and_names_it():
    _, timeline, found = looked_at("c1", at(20))
    assert [failure.name for failure in timeline.failures] == ["nightly_sync", "get_settings"]
    assert [cause.name for cause in present(found[0].failure).causes] == ["POST /journals"]


def test_a_failure_that_was_recovered_at_once_is_no_culprit():
    _, timeline, found = looked_at("c1", at(20))
    settings = timeline.failures[1]
    assert settings.recovered_at == at(9.008) + timedelta(seconds=1)
    assert [present(culprit.failure).name for culprit in found] == ["nightly_sync"]
    # Half a minute in, the second try was not back yet.
    _, _, then = looked_at("c1", at(9 + 25 / 3600))
    assert {present(culprit.failure).name for culprit in then} == {"nightly_sync", "get_settings"}


def test_a_conversation_that_names_the_failure_touches_it():
    about, timeline, found = looked_at("c2", at(20))
    assert "a message in this conversation mentions it" in circumstances(found[0], about)
    assert present(timeline.previous(at(13)))["conversation_id"] == "c1"


def test_a_name_is_found_only_where_a_word_begins_and_ends(warehouse: Warehouse):
    case = _case(warehouse, "words", {"system": "erp", "name": "sync-all"}, "The enterprise plan")
    assert looked_at("cwords", at(20), case)[2][0].touch == ""
    case = _case(warehouse, "named", {"system": "erp", "name": "sync-all"}, "Did Sync_All! run?")
    assert looked_at("cnamed", at(20), case)[2][0].touch == "named"


def test_the_window_is_72_hours_before_to_7_days_after(warehouse: Warehouse):
    warehouse.add("conversations", [row("w", at(9), account_id="w", ended_at=at(10))])
    job = {"account_id": "w", "origin": "background", "error_type": "boom", "system": "s"}
    hours = {"early": -72.01, "first": -72, "last": 7 * 24, "late": 7 * 24 + 0.01}
    warehouse.add(
        "spans",
        [span(f"w{key}", at(9 + h), name=key, duration_ms=0.0, **job) for key, h in hours.items()],
    )
    named = [failure.name for failure in looked_at("cw", at(0, 30), "w")[1].failures]
    assert named == ["first", "last"]
    as_of = at(9 + 1)
    assert [f.name for f in looked_at("cw", as_of, "w")[1].failures] == ["first"]
    assert looked_at("cw", as_of, "w")[1].until == as_of


def test_nothing_after_the_instant_of_asking_is_on_the_timeline():
    _, then, _ = looked_at("c1", at(9.5))
    assert [change["change_id"] for change in then.changes] == ["retries"]
    assert then.conversations == ()
    _, now, _ = looked_at("c1", at(20))
    assert [change["change_id"] for change in now.changes] == ["retries", "later"]
    assert [row["conversation_id"] for row in now.conversations] == ["c2"]
    # c2 had only begun.
    _, meanwhile, _ = looked_at("c1", at(13.01))
    assert [row["outcome"] for row in meanwhile.conversations] == ["pending"]


def test_jobs_are_counted_not_listed():
    job = looked_at("c1", at(20))[1].jobs[0]
    assert (job.system, job.runs, list(job.succeeded_at)) == (
        "ledger-sync",
        2,
        [at(3 + 10 / 60 - 24)],
    )


def test_a_failure_inside_ranks_above_one_long_before(warehouse: Warehouse):
    account = _case(warehouse, "inside", {"system": "old", "name": "job", "hours": -30})
    warehouse.add(
        "spans",
        [
            span(
                "in", at(9.01), account_id=account, conversation_id="cinside", error_type="http_500"
            )
        ],
    )
    found = looked_at("cinside", at(20), account)[2]
    assert [present(culprit.failure).system for culprit in found] == ["billing-api", "old"]
    assert found[0].points[0] == (3, "in this conversation")


def test_what_failed_after_the_answer_elsewhere_is_not_to_blame(warehouse: Warehouse):
    account = _case(warehouse, "after", {"system": "late", "name": "job", "hours": 0.1})
    about, timeline, found = looked_at("cafter", at(20), account)
    assert [failure.system for failure in timeline.failures] == ["late"]
    assert timeline.failures[0].failed_at > about.answered_at
    assert found == []


def test_repeats_are_one_culprit(warehouse: Warehouse):
    account = _case(warehouse, "often", {"system": "feed", "name": "pull", "hours": -1})
    again = {"account_id": account, "origin": "background", "error_type": "boom"}
    warehouse.add(
        "spans",
        [
            span(f"of{i}", at(5 + i), system="feed", name="pull", request={"n": i}, **again)
            for i in range(2)
        ],
    )
    about, _, found = looked_at("coften", at(20), account)
    assert [culprit.times for culprit in found] == [3]
    assert headline(found[0], about) == "feed · pull failed 3 times, last at 08:00"


def test_a_change_to_what_the_conversation_used_is_a_candidate(warehouse: Warehouse):
    account = _case(warehouse, "changed", None)
    warehouse.add(
        "changes",
        [
            {"change_id": "x", "changed_at": at(8.5), "component": "agent-version", "title": title}
            for title in ["v2 to everyone"]
        ],
    )
    about, _, found = looked_at("cchanged", at(20), account)
    assert headline(found[0], about) == "agent-version was changed at 08:30"
    assert found[0].total == 5 >= LEAST_POINTS
    assert looked_at("cchanged", at(20), account)[1].failures == ()


def _case(warehouse: Warehouse, name: str, job: dict[str, Any] | None, said: str = "Hello") -> str:
    """A conversation of an account of its own at 09:00, answered at 09:01, and a failed job before it."""
    warehouse.add(
        "conversations",
        [
            row(
                name,
                at(9),
                account_id=name,
                first_ai_reply_at=at(9 + 1 / 60),
                ended_at=at(10),
                closing_signal="silent",
                agent_version="v2" if name == "changed" else "v1",
            ),
        ],
    )
    warehouse.add(
        "messages", [{**message(f"c{name}", 1, at(9), "customer", said), "account_id": name}]
    )
    if job:
        when = at(9 + job.pop("hours", -1))
        known = {"account_id": name, "origin": "background", "error_type": "boom", **job}
        warehouse.add("spans", [span(f"job-{name}", when, duration_ms=0.0, **known)])
    return name
