"""One customer as it stood at an instant: the nightly sync that failed, worked out by hand."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from dashboard.reports.account.account import Absent, Account, account, figures, habits, status
from dashboard.reports.account.failures import account_failures, silent_by_kind
from dashboard.reports.account.ratings import account_ratings
from dashboard.reports.account.words import states
from dashboard.scope import Scope
from tests.conftest import Warehouse, at, conversation, span
from tests.present import present
from tests.reports.nightly_story import tell

EVENING = at(20)


@pytest.fixture(scope="module", autouse=True)
def _story(warehouse: Warehouse) -> None:
    tell(warehouse)


def seen(as_of: datetime, key: str = "a1", days: float = 90) -> Scope:
    return Scope.last(timedelta(days=days), as_of).where("account", key)


def words_at(as_of: datetime, key: str = "a1") -> list[tuple[str, str]]:
    scope = seen(as_of, key)
    return [(state.kind, state.reason) for state in states(status(scope), scope)]


def value(as_of: datetime, metric: str, days: float = 90) -> float:
    return figures(seen(as_of, days=days))[metric].now["value"]


def account_at(as_of: datetime) -> Account:
    found = account("a1", as_of)
    assert isinstance(found, Account)
    return found


def test_who_it_is():
    found = account("a1", EVENING)
    assert found == Account("a1", "Harbour Dental", "team", Decimal(90), None, at(13), "c2")
    assert account_at(at(12)).last_conversation_id == "c1"
    assert account_at(at(0, -10)).last_conversation_id is None


def test_what_is_not_known_is_none(warehouse: Warehouse):
    warehouse.add("conversations", [conversation("loose", at(5), account_id="loose")])
    warehouse.add("spans", [span("calls", at(5), account_id="calls")])
    assert account("loose", at(5)) == Account("loose", None, None, None, None, at(5), "cloose")
    assert account("calls", at(5)) == Account("calls", None, None, None, None, None, None)
    assert account("loose", at(4.99)) == account("calls", at(4.99)) == Absent(None)
    assert account("nobody", EVENING) == Absent(None)


def test_an_account_that_is_created_later_is_not_there_yet(warehouse: Warehouse):
    warehouse.add("accounts", [{"account_id": "new", "name": "New", "created_at": at(6)}])
    assert account("new", at(5)) == Absent(at(6))
    assert account("new", at(6)).created_at == at(6)
    warehouse.add("conversations", [conversation("early", at(4), account_id="new")])
    # Somebody wrote before the catalogue had it: it is there, and since when is not known yet.
    assert account("new", at(5)) == Account("new", "New", None, None, None, at(4), "cearly")


def test_the_status_through_the_day():
    # The job failed at 03:10:30, but no episode is open and none was resolved in the week before.
    assert words_at(at(8))[0][0] == "quiet"
    # 09:00: the customer asks. The episode is open, then assumed resolved; nobody has been asked for.
    [(kind, reason)] = words_at(at(9.05))
    assert kind == "at risk"
    assert reason == (
        "ledger-sync · nightly_sync failed at 03:10, 5 h 53 min ago (http_502). Not recovered,"
        " and no handoff since."
    )
    assert words_at(at(12))[0][0] == "at risk"
    # 13:05: a handoff. It waits for six minutes.
    assert words_at(at(13 + 6 / 60)) == [("waiting", "For 1 min (customer request, queue tier2).")]
    assert (
        words_at(at(13 + 11 / 60))
        == words_at(EVENING)
        == [("quiet", "No open handoffs, and the account is not at risk.")]
    )


def test_the_status_is_that_of_the_instant_whatever_the_window_is():
    past = Scope(at(0, -30), at(0, -20), at(12)).where("account", "a1")
    assert present(status(past).at_risk)["conversation_id"] == "c1"


def test_several_wait_the_oldest_first(warehouse: Warehouse):
    waiting = [
        conversation(f"w{i}", at(i), account_id="many", handoff_at=at(i + 0.5)) for i in (3, 1, 2)
    ]
    warehouse.add("conversations", waiting)
    found = status(seen(at(4), "many"))
    assert list(found.waiting.rows["conversation_id"]) == ["cw1", "cw2", "cw3"]
    assert words_at(at(4), "many") == [
        ("waiting", "3 conversations, the longest for 2 h 30 min (no reason recorded).")
    ]


def test_figures_by_hand():
    # Of c0, c1 and c2 the AI took part in two: c1 assumed, c2 escalated, and rated 1.
    expected = {
        "episodes": 3,
        "containment_rate": 1 / 2,
        "resolution_rate": 1 / 2,
        "csat": 0,
        # The job, the call inside it, and the settings call that was repeated.
        "failed_spans": 3,
        # c1; in c2 the human names the job.
        "silent_failures": 1,
    }
    found = figures(seen(EVENING))
    assert {key: headline.now["value"] for key, headline in found.items()} == expected
    assert found["csat"].now["n"] == 1


def test_figures_as_of_an_earlier_instant():
    assert value(at(12), "episodes") == 2
    assert value(at(12), "containment_rate") == 1
    assert value(at(13.9), "csat") != value(at(13.9), "csat")  # not a number: not rated yet
    # 13:05: c2 has an answer, and nobody has named the job yet.
    assert value(at(13 + 5 / 60), "silent_failures") == 2
    assert value(at(3), "failed_spans") == 0


def test_without_a_history_there_is_nothing_to_compare_with():
    # History begins with c0, five days and 14 hours before midnight.
    assert {headline.state for headline in figures(seen(EVENING)).values()} == {"unknown"}
    assert figures(seen(EVENING, days=4))["episodes"].state == "unknown"
    # Six hours are compared with the six before, which saw c1 and c2.
    assert figures(seen(EVENING, days=0.25))["episodes"].change == 0 - 2


def test_channels_and_languages_with_their_episodes():
    assert habits(seen(EVENING)) == {"channel": [("chat", 3)], "language": [(None, 3)]}
    assert habits(seen(EVENING, "nobody")) == {"channel": [], "language": []}


def test_failures_grouped():
    found = account_failures(seen(EVENING), 10)
    told = [(g.system, g.error_type, g.failed, g.recovered, g.in_background) for g in found.rows]
    assert told == [
        ("settings-api", "timeout", 1, 1, 0),
        ("ledger-api", "timeout", 1, 0, 1),
        ("ledger-sync", "http_502", 1, 0, 1),
    ]
    assert (found.groups, found.failed) == (3, 3)
    job = found.rows[2]
    assert (job.name, job.last_message, job.last_trace_id) == (
        "nightly_sync",
        "POST failed",
        "run-night",
    )
    assert job.last_at == at(3 + 10 / 60)
    assert account_failures(seen(EVENING), 1).groups == 3
    assert account_failures(seen(at(3)), 10).failed == 0
    assert silent_by_kind(seen(EVENING)) == {("ledger-sync", "nightly_sync", "http_502"): 1}


def test_the_newest_failure_of_a_group_stands_for_it(warehouse: Warehouse):
    failed = {"account_id": "often", "error_type": "timeout"}
    warehouse.add(
        "spans",
        [
            span("o1", at(1), error_message="first", **failed),
            span("o3", at(3), error_message="last", trace_id="t", conversation_id="x", **failed),
            span("o2", at(2), error_message=None, **failed),
            span("other", at(2), **failed | {"error_type": "http_500"}),
            span("device", at(2), origin="customer", **failed),
        ],
    )
    group, other = account_failures(seen(EVENING, "often"), 10).rows
    assert (group.failed, group.last_message, group.last_trace_id) == (3, "last", "t")
    assert (group.last_at, group.last_conversation_id, group.in_background) == (at(3), "x", 2)
    assert (other.error_type, other.last_message) == ("http_500", None)


def test_ratings_newest_first(warehouse: Warehouse):
    rated = [(1, 5, "Fine"), (2, 2, None), (3, 5, " ")]
    warehouse.add(
        "conversations",
        [
            conversation(
                f"r{i}",
                at(i),
                account_id="rates",
                ended_at=at(i + 1),
                rating=stars,
                rated_at=at(10 + i),
                rating_comment=comment,
            )
            for i, stars, comment in rated
        ],
    )
    found = account_ratings(seen(EVENING, "rates"), 2)
    assert list(found.rows["conversation_id"]) == ["cr3", "cr2"]
    assert found.counts == {"5": 2, "4": 0, "3": 0, "2": 1, "1": 0}
    assert account_ratings(seen(at(12), "rates"), 9).total == 2
    assert account_ratings(seen(at(10.9), "rates"), 9).total == 0
