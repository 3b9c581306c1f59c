"""The page of one conversation, in every state."""

import re

import pytest

from dashboard.postgres.engines import dispose_engines
from tests.conftest import Warehouse, at, conversation, message, span
from tests.pages.drawn import html_of, open_page, words_of
from tests.present import present
from tests.reports.nightly_story import OTHERS, tell

AS_OF = "2026-03-02T20:00"
EVIL = "<script>alert(1)</script><img src=x onerror=alert(1)> [a](javascript:b) **c** \"'</details>"


@pytest.fixture(scope="module", autouse=True)
def _story(warehouse: Warehouse) -> None:
    tell(warehouse)


def test_the_cause_stands_above_the_ai_s_first_answer():
    page = open_page("conversation", account="a1", id="c1", as_of=AS_OF)
    assert not page.exception
    words = words_of(page)
    culprit = words.index("ledger-sync · nightly_sync failed at 03:10")
    answer = words.index("I checked your settings")
    assert culprit < answer
    before = words.index("5 h 49 min before this conversation")
    assert culprit < before < words.index("The invoices of yesterday") < answer
    assert f"{OTHERS} other accounts had the same error within an hour" in words
    assert "nested call ledger-api · POST /journals: timeout: no answer within 29 s" in words


def test_the_head_says_the_verdict_and_why():
    words = words_of(open_page("conversation", account="a1", id="c2", as_of=AS_OF))
    assert (
        "Escalated A handoff was requested at 13:05 (customer request, queue tier2);"
        " a human replied after 6 min."
    ) in words
    assert "Previous conversation of this account: 3 h 48 min earlier, assumed resolved." in words
    assert "Rated 1 of 5 at 14:00 Late." in words
    first = words_of(open_page("conversation", account="a1", id="c1", as_of=AS_OF))
    assert "The same account came back 3 h 48 min later, so it is not durable" in first
    assert "quality : fail · 0.40 by judge" in first


def test_calls_are_folded_and_failures_say_so():
    html = html_of(open_page("conversation", account="a1", id="c1", as_of=AS_OF))
    states = re.findall(r'<details class="call" data-state="(\w+)"', html)
    assert states == ["ok", "recovered", "ok", "failed"]
    assert "Recovered at 09:00." in html
    assert "&quot;hits&quot;: 2" in html
    assert "on the customer&#x27;s device" in html
    assert 'href="https://help.example/ledger"' in html


def test_as_of_an_earlier_instant_nothing_later_is_seen():
    page = open_page("conversation", account="a1", id="c1", as_of="2026-03-02T09:05")
    words = words_of(page)
    assert "As of Mon 2 Mar 2026, 09:05:00 (UTC). Show current state" in words
    assert "Open It is still open; the AI first answered at 09:01." in words
    assert "Ok, but they are not there" not in words
    assert "STILL" not in words
    assert "Missing invoices Escalated" not in words


def test_one_that_had_not_started_says_so_and_links_to_now():
    page = open_page("conversation", account="a1", id="c1", as_of="2026-03-02T08:00")
    assert (
        "This conversation had not started by Mon 2 Mar 2026, 08:00; it started on Mon 2 Mar 2026,"
        " 09:00."
    ) in words_of(page)
    assert 'href="conversation?account=a1&amp;id=c1"' in html_of(page)


@pytest.mark.parametrize(
    ("parameters", "sentence"),
    [
        (
            {"account": "a1", "id": "nope"},
            "No conversation nope found for account a1.",
        ),
        ({"account": EVIL, "id": EVIL}, "No conversation <script>alert(1)"),
        ({"account": "a1\x00", "id": "c\x001x"}, "No conversation c1x"),
        ({"account": "a1"}, "The link does not name a conversation."),
        ({}, "The link does not name a conversation."),
        ({"account": "a1", "id": "c1", "as_of": "noon"}, "as_of in the link was ignored"),
        ({"account": "a1", "id": "c1", "as_of": "9999-12-31"}, "out of range"),
        (
            {"account": "a1", "id": "c1", "colour": "red"},
            "“colour” is not a parameter of this page",
        ),
        (
            {"account": "a1", "id": "c1", "from_list": "metric=nope&page=x&%00=%ff"},
            "Back to the list",
        ),
    ],
)
def test_what_a_link_says_wrongly_is_a_sentence(parameters: dict[str, str], sentence: str):
    page = open_page("conversation", **parameters)
    assert not page.exception
    assert sentence in words_of(page)
    assert "<script" not in html_of(page)
    assert 'href="conversations' in html_of(page)


def test_the_ones_before_and_after_in_the_list_it_was_opened_from():
    from_list = f"account=a1&window=7d&as_of={AS_OF}"
    page = open_page("conversation", account="a1", id="c1", as_of=AS_OF, from_list=from_list)
    html = html_of(page)
    sides = re.findall(r'href="(conversation\?[^"]*)">(‹ Previous|Next ›)', html)
    assert [(present(re.search(r"id=(\w+)", href))[1], label) for href, label in sides] == [
        ("c2", "‹ Previous"),
        ("c0", "Next ›"),
    ]
    assert all("from_list=account%3Da1" in href for href, _ in sides)
    assert 'href="conversations?account=a1&amp;window=7d' in html
    elsewhere = open_page("conversation", account="a1", id="c1", from_list="topic=other")
    assert "No longer in the list" in words_of(elsewhere)


def test_the_link_to_copy_pins_the_instant():
    page = open_page("conversation", account="a1", id="c1", as_of=AS_OF)
    code = page.code[0].value
    assert code.endswith("conversation?account=a1&id=c1&as_of=2026-03-02T20%3A00%3A00Z")
    live = open_page("conversation", account="a1", id="c1").code[0].value
    assert re.search(r"as_of=20\d\d-", live)


def test_what_others_wrote_is_text(warehouse: Warehouse):
    warehouse.add("accounts", [{"account_id": "e", "name": EVIL, "plan": EVIL}])
    known = dict.fromkeys(
        (
            "subject",
            "topic",
            "contact_name",
            "agent_version",
            "language",
            "source",
            "channel",
            "handoff_queue",
            "rating_comment",
        ),
        EVIL,
    )
    rated = {"rating": 1, "rated_at": at(2), "handoff_at": at(1), "ended_at": at(2)}
    warehouse.add("conversations", [conversation("evil", at(1), account_id="e", **known, **rated)])
    bodies = [
        EVIL,
        "مرحبا \u202e x",
        "🏳️‍🌈",
        "\x01\x1b[31m\x7f\x9f",
        "",
        "# h\n\n    code",
        "b" * 1_000_000,
    ]
    warehouse.add(
        "messages",
        [
            {
                **message("cevil", i, at(1.1), "customer", body),
                "account_id": "e",
                "author_name": EVIL,
            }
            for i, body in enumerate(bodies)
        ],
    )
    failed = {"error_type": EVIL, "error_message": EVIL, "system": EVIL, "name": EVIL}
    warehouse.add(
        "spans",
        [
            span(
                "in",
                at(1.05),
                account_id="e",
                conversation_id="cevil",
                operation=EVIL,
                request={EVIL: EVIL},
                response=EVIL,
                status_code=EVIL,
                **failed,
            ),
            span("out", at(0.5), account_id="e", origin="background", **failed),
        ],
    )
    warehouse.run("insert into articles values ('evil', '<b>x</b>', 'javascript:alert(1)')")
    warehouse.run("insert into citations values ('e', 'cevil', 0, 'evil')")
    warehouse.add(
        "evaluations",
        [
            {
                "account_id": "e",
                "conversation_id": "cevil",
                "name": EVIL,
                "evaluator": EVIL,
                "label": EVIL,
                "explanation": EVIL,
            },
        ],
    )
    warehouse.run(
        "insert into changes values ('e', '2026-03-02T00:30Z', '<b>x</b>', '<b>y</b>', 'javascript:z')"
    )
    page = open_page("conversation", account="e", id="cevil", as_of="2026-03-02T03:00")
    html = html_of(page)
    assert not page.exception
    assert not re.search(r"<(script|img)|<b>[xy]</b>", html)
    assert set(re.findall(r'href="(\w+)', html)) <= {"account", "conversation", "conversations"}
    assert "Show 90,000 more of 1,000,000 characters" in html
    assert "The download has all 1,000,000 characters." in html
    assert "␁␛[31m␡" in html


def test_nulls_wherever_the_contract_allows_them(warehouse: Warehouse):
    warehouse.add("conversations", [conversation("bare", at(1), account_id="unheard")])
    warehouse.add(
        "spans",
        [
            span("bare", at(1.1), account_id="unheard", conversation_id="cbare", duration_ms=None),
            span(
                "bare2",
                at(1.2),
                account_id="unheard",
                conversation_id="cbare",
                duration_ms=None,
                error_type="boom",
            ),
        ],
    )
    page = open_page("conversation", account="unheard", id="cbare", as_of=AS_OF)
    assert not page.exception
    words = words_of(page)
    assert "unknown" in words
    assert "In this conversation; not recovered." in words
    assert "not recorded" in words


def test_one_that_no_figure_counts(warehouse: Warehouse):
    words = words_of(open_page("conversation", account="a1", id="ctest", as_of=AS_OF))
    assert "Excluded A test, spam or outbound conversation, excluded from every figure." in words


def test_a_warehouse_that_is_down_is_a_sentence(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("WAREHOUSE_URL", "postgresql://nobody@127.0.0.1:9/none?connect_timeout=1")
    dispose_engines()
    try:
        page = open_page("conversation", account="a1", id="c1")
        assert not page.exception
        assert "The warehouse is not responding." in words_of(page)
    finally:
        monkeypatch.undo()
        dispose_engines()
