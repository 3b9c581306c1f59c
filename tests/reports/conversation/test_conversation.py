"""One conversation as it stood at an instant."""

from datetime import datetime, timedelta

import pytest

from dashboard.reports.conversation.conversation import (
    BUDGET,
    LONGEST_BODY,
    LONGEST_PAYLOAD,
    MOST_MESSAGES,
    Absent,
    Conversation,
    conversation,
    whole_transcript,
)
from dashboard.scope import Scope
from tests.conftest import Warehouse, at, message, span
from tests.conftest import conversation as row
from tests.reports.nightly_story import tell


@pytest.fixture(scope="module", autouse=True)
def _story(warehouse: Warehouse) -> None:
    tell(warehouse)


def seen(key: str, as_of: datetime, account: str = "a1") -> Conversation:
    found = conversation(account, key, Scope.last(timedelta(days=1), as_of))
    assert isinstance(found, Conversation)
    return found


def entries(about: Conversation) -> list[str]:
    return [
        str(entry.row["position"]) if entry.is_message else entry.row["span_id"]
        for entry in about.entries
    ]


def test_calls_stand_where_they_were_made():
    # The AI answers at 09:01; all of its calls came before, the customer's device too.
    assert entries(seen("c1", at(20))) == ["1", "ssearch", "sfirst", "sagain", "sdevice", "2", "3"]


def test_at_the_same_instant_a_call_follows_the_question_and_precedes_the_answer(
    warehouse: Warehouse,
):
    warehouse.add("conversations", [row("tie", at(1), account_id="tie")])
    said = [message("ctie", i, at(1), author) for i, author in enumerate(("customer", "ai_agent"))]
    warehouse.add("messages", [{**line, "account_id": "tie"} for line in said])
    warehouse.add("spans", [span("tie", at(1), account_id="tie", conversation_id="ctie")])
    assert entries(seen("ctie", at(2), "tie")) == ["0", "stie", "1"]


def test_nothing_after_the_instant_of_asking_is_there():
    then = seen("c1", at(9 + 30 / 3600))
    # 30 s in: the search is back (14.4 s + 1 s), the first settings call too; the others are not known.
    assert entries(then) == ["1", "ssearch", "sfirst", "sagain"]
    assert then.facts["outcome"] == "pending"
    assert then.facts["first_ai_reply_at"] is None
    assert then.evaluations == ()
    early = seen("c1", at(9 + 25 / 3600))
    assert entries(early) == ["1", "ssearch", "sfirst"]
    assert early.entries[2].row["recovered_at"] is None


def test_a_rating_a_handoff_and_a_score_come_with_their_time():
    assert seen("c2", at(13.9)).facts["rating"] is None
    rated = seen("c2", at(14)).facts
    assert (rated["rating"], rated["rating_comment"]) == (1, "Late.")
    assert seen("c2", at(13.05)).facts["outcome"] == "pending"
    assert seen("c1", at(9.99)).evaluations == ()
    assert [score["label"] for score in seen("c1", at(10)).evaluations] == ["fail"]


def test_a_failure_says_when_it_was_recovered():
    calls = {entry.row.get("span_id"): entry.row for entry in seen("c1", at(20)).entries}
    assert calls["sfirst"]["recovered_at"] == at(9.008) + timedelta(seconds=1)
    assert calls["sagain"]["recovered_at"] is None
    assert calls["sdevice"]["error_type"] == "offline"


def test_citations_stand_under_the_message_that_cites():
    cited = {entry.row.get("position"): entry.citations for entry in seen("c1", at(20)).entries}
    assert [(article["article_id"], article["title"]) for article in cited[2]] == [
        ("ledger", "The ledger"),
        ("lost", None),
    ]
    assert cited[1] == ()


def test_what_it_belongs_to():
    facts = seen("c1", at(20)).facts
    assert (facts["account_name"], facts["plan"], facts["monthly_revenue"]) == (
        "Harbour Dental",
        "team",
        90,
    )
    assert facts["next_episode_at"] == at(13)
    assert seen("c1", at(12)).facts["next_episode_at"] is None


def test_an_unknown_one_and_one_that_starts_later_are_absent():
    scope = Scope.last(timedelta(days=1), at(8))
    assert conversation("a1", "c1", scope) == Absent(at(9))
    assert conversation("a1", "nothing", scope) == Absent(None)
    assert conversation("a2", "c1", scope) == Absent(None)


def test_an_excluded_one_is_shown_and_judged_by_nobody():
    facts = seen("ctest", at(20)).facts
    assert (facts["outcome"], facts["is_excluded"], facts["rating"]) == ("excluded", True, None)


def test_with_nothing_known_but_its_start(warehouse: Warehouse):
    warehouse.add("conversations", [row("bare", at(1), account_id="nobody")])
    about = seen("cbare", at(2), "nobody")
    assert about.entries == ()
    assert about.facts["account_name"] is None
    assert about.answered_at == at(1)


def test_long_bodies_and_payloads_are_cut_and_say_how_long_they_are(warehouse: Warehouse):
    body = "ab" * 500_000
    warehouse.add("conversations", [row("long", at(1), account_id="long")])
    warehouse.add(
        "messages", [{**message("clong", 1, at(1), "customer", body), "account_id": "long"}]
    )
    sent = {"text": "x" * 50_000}
    warehouse.add(
        "spans", [span("long", at(1.1), account_id="long", conversation_id="clong", request=sent)]
    )
    said, call = (entry.row for entry in seen("clong", at(2), "long").entries)
    assert (len(said["body"]), said["characters"]) == (LONGEST_BODY, 1_000_000)
    assert len(call["request"]) == LONGEST_PAYLOAD < call["request_characters"]
    assert body in whole_transcript("long", "clong", at(2)).decode()


def test_many_long_messages_share_what_a_page_can_carry(warehouse: Warehouse):
    warehouse.add("conversations", [row("much", at(1), account_id="much")])
    said = (
        {**message("cmuch", i, at(1 + i / 1000), "customer", "x" * 30_000), "account_id": "much"}
        for i in range(600)
    )
    warehouse.add("messages", said)
    about = seen("cmuch", at(3), "much")
    assert (about.messages, len(about.entries)) == (600, MOST_MESSAGES)
    assert {len(entry.row["body"]) for entry in about.entries} == {BUDGET // 600}
    assert len(whole_transcript("much", "cmuch", at(3))) > 600 * 30_000


def test_the_download_holds_what_had_been_said():
    text = whole_transcript("a1", "c1", at(9.05)).decode()
    assert "everything is in order" in text
    assert "Ok, but they" not in text
