"""The page that finds conversations, in every state."""

import re

import pytest

from dashboard.postgres.engines import dispose_engines
from tests.conftest import Warehouse, at, conversation, message
from tests.pages.drawn import html_of, open_page, words_of
from tests.reports.nightly_story import tell

AS_OF = "2026-03-02T20:00"
EVIL = "<script>alert(1)</script><img src=x onerror=alert(1)> [a](javascript:b) **c** \"'</td>"


@pytest.fixture(scope="module", autouse=True)
def _story(warehouse: Warehouse) -> None:
    tell(warehouse)
    warehouse.add("accounts", [{"account_id": "<evil>", "name": EVIL, "plan": EVIL}])
    warehouse.add(
        "conversations",
        [
            conversation(
                "evil",
                at(1),
                account_id="<evil>",
                subject=EVIL,
                topic=EVIL,
                channel=EVIL,
                agent_version=EVIL,
                source=EVIL,
                handoff_at=at(1),
                handoff_queue=EVIL,
            ),
            conversation("bare", at(2), account_id="unknown"),
            *(conversation(f"many{i}", at(20, -30), topic="many") for i in range(120)),
        ],
    )
    said = message("cevil", 1, at(1), "customer", f"needle {EVIL}\x01\x02")
    warehouse.add("messages", [{**said, "account_id": "<evil>"}])


def links(html: str, words: str) -> list[str]:
    return re.findall(rf'href="([^"]*)"[^>]*>(?:<bdi>)?{re.escape(words)}', html)


def test_the_list_in_words_and_its_rows():
    page = open_page("conversations", as_of=AS_OF, account="a1")
    assert not page.exception
    words = words_of(page)
    assert (
        "Conversations Started in the last 7 days, account a1, as of Mon 2 Mar 2026, 20:00" in words
    )
    assert "3 conversations" in words
    assert "Escalated customer request" in words
    assert "Harbour Dental" in words
    link = links(html_of(page), "Missing invoices")[0]
    assert link.startswith("conversation?account=a1&amp;id=c2&amp;as_of=2026-03-02T20%3A00%3A00Z")
    assert "from_list=window%3D7d%26as_of" in link


def test_behind_a_figure_it_says_which_part_and_offers_the_others():
    page = open_page("conversations", metric="containment_rate", window="24h", as_of=AS_OF)
    words = words_of(page)
    assert "Conversations behind containment (escalated episodes)" in words
    assert "1 involved episode that ended without escalation" in words
    assert "2 escalated" in words
    other = links(html_of(page), "3 involved episodes that are not pending")
    assert "part=denominator" in other[0]
    whole = words_of(
        open_page("conversations", metric="containment_rate", part="denominator", as_of=AS_OF)
    )
    assert "3 conversations" in whole


def test_behind_failures_in_the_background_it_says_what_has_no_conversation():
    page = open_page("conversations", metric="failed_spans", window="24h", as_of=AS_OF)
    assert (
        "1 of 15 failed spans in 1 conversation; 14 in background work without a conversation"
        in words_of(page)
    )
    silent = words_of(open_page("conversations", metric="silent_failures", as_of=AS_OF))
    assert "ledger-sync · nightly_sync" in silent


def test_what_others_wrote_is_text():
    page = open_page("conversations", q="needle", window="7d", as_of=AS_OF)
    html = html_of(page)
    assert not re.search(r"<(script|img|h1 )", html)
    assert "<mark>needle</mark>" in html
    assert EVIL in words_of(page)
    assert not page.exception


def test_nulls_wherever_the_contract_allows_them():
    page = open_page("conversations", account="unknown", as_of=AS_OF)
    assert not page.exception
    assert "No customer message" in words_of(page)


@pytest.mark.parametrize(
    ("parameters", "sentence"),
    [
        ({"metric": "containment"}, "Did you mean containment_rate?"),
        ({"as_of": "someday"}, "as_of in the link was ignored"),
        ({"failed": "perhaps"}, "failed is “perhaps” in the link"),
        ({"unheard_of": "1"}, "“unheard_of” is not a parameter of this page"),
        ({"as_of": "0001-01-01"}, "out of range"),
        ({"page": "[x](y)"}, "Page “[x](y)” does not exist"),
    ],
)
def test_what_a_link_says_wrongly_is_said_and_the_rest_shown(parameters, sentence):
    page = open_page("conversations", **({"as_of": AS_OF} | parameters))
    assert not page.exception
    assert sentence in words_of(page)
    assert "conversation" in words_of(page)


def test_an_empty_list_is_a_sentence():
    page = open_page("conversations", topic="nothing of the kind", as_of=AS_OF, sort="oldest")
    words = words_of(page)
    assert "0 conversations" in words
    assert "No matching conversations." in words
    assert page.selectbox(key="choice sort").value == "oldest"
    assert not page.get("download_button")


def test_pages_are_links_to_the_list_as_it_stood():
    page = open_page("conversations", topic="many", window="90d", as_of=AS_OF)
    assert "Page 1 of 3" in words_of(page)
    following = links(html_of(page), "Next ›")[0]
    assert "page=2" in following
    assert "as_of=2026-03-02T20%3A00%3A00Z" in following
    last = open_page("conversations", topic="many", window="90d", as_of=AS_OF, page="99")
    assert "Page 3 of 3" in words_of(last)
    live = open_page("conversations", topic="many", window="3650d")
    assert "as_of=" in links(html_of(live), "Next ›")[0]


def test_a_list_that_changes_starts_at_its_first_page():
    page = open_page("conversations", topic="many", window="90d", as_of=AS_OF, page="2")
    assert "Page 2 of 3" in words_of(page)
    page.selectbox(key="choice failed").select("no").run()
    assert "Page 1 of 3" in words_of(page)
    assert "page" not in page.query_params


def test_a_warehouse_that_is_down_is_a_sentence(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("WAREHOUSE_URL", "postgresql://nobody@127.0.0.1:9/none?connect_timeout=1")
    dispose_engines()
    try:
        page = open_page("conversations", as_of=AS_OF)
        assert not page.exception
        assert "The warehouse is not responding." in words_of(page)
    finally:
        monkeypatch.undo()
        dispose_engines()
