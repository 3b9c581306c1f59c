"""The page of one account, in every state, and the links that lead out of it."""

import json
import re
from html import unescape

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.postgres.engines import dispose_engines
from tests.conftest import Warehouse, at, conversation, message, span
from tests.pages.drawn import html_of, words_of
from tests.pages.drawn import open_page as run_page
from tests.present import present
from tests.reports.nightly_story import tell

AS_OF = "2026-03-02T20:00"
EVIL = "<script>alert(1)</script><img src=x onerror=alert(1)> [a](javascript:b) **c** \"'</li>"
TEMPLATES = {
    "HELPDESK_URL": "https://help.example.com/{conversation_id}",
    "TRACING_URL": "https://traces.example.com/{trace_id}?span={span_id}",
    "CRM_URL": "https://crm.example.com/accounts/{account_id}",
}


@pytest.fixture(scope="module", autouse=True)
def _story(warehouse: Warehouse) -> None:
    tell(warehouse)


@pytest.fixture
def templates(monkeypatch: pytest.MonkeyPatch):
    """Settings with a template for each system."""
    for name, template in TEMPLATES.items():
        monkeypatch.setenv(name, template)
    dispose_engines()
    yield
    monkeypatch.undo()
    dispose_engines()


def open_page(name: str, **parameters: str) -> AppTest:
    """The page, no panel of which failed."""
    page = run_page(name, **parameters)
    assert not page.exception
    assert not page.error
    return page


def html_on(page: AppTest) -> str:
    """All HTML of the page without its style sheets."""
    drawn = "\n".join(element.proto.body for element in page.get("html"))
    return re.sub(r"<style>.*?</style>", "", drawn, flags=re.DOTALL)


def all_words(page: AppTest) -> str:
    """What a reader reads, figures, the panels' titles and captions included."""
    plain = " ".join(piece.value for piece in (*page.markdown, *page.caption, *page.title))
    # As it reads: a backslash keeps a sign of somebody's text from being Markdown.
    plain = re.sub(r"\\([^\w\s])", r"\1", plain)
    text = re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]*>", " ", html_on(page))))
    return f"{text} {plain}"


def match(pattern: str, html: str) -> re.Match[str]:
    return present(re.search(pattern, html, re.DOTALL))


def events_of(page: AppTest) -> str:
    """The list in order of time."""
    return match(r'<div class="cr around"><ol>.*?</ol>', html_on(page))[0]


def figure_of(page: AppTest) -> dict:
    """The timeline as Plotly gets it."""
    [chart] = page.get("plotly_chart")
    return json.loads(chart.proto.spec)


def hrefs(page: AppTest) -> list[str]:
    return [unescape(href) for href in re.findall(r'href="([^"]*)"', html_on(page))]


def test_everything_about_one_customer():
    page = open_page("account", account="a1", as_of=AS_OF)
    words = all_words(page)
    for part in (
        "Harbour Dental a1",
        "Plan Team Revenue 90 a month Customer since unknown",
        "Last episode 13:00 (7 h ago) Channels Chat 3 Languages (unknown) 3",
        "No issues No open handoffs, and the account is not at risk.",
        "Episodes 3",
        "Containment 50.0 % n 2",
        "CSAT 0.0 % n 1",
        "Silent failures 1",
        "ledger-sync · nightly_sync failed nested call ledger-api · POST /journals: timeout:",
        "Handoff requested: customer request, queue tier2 Missing invoices · a human replied after 6 min",
        "Rated 1 of 5 Late.",
        "3 of 6 spans failed (50.0 %); 2 not recovered.",
        "CSAT 0.0 %, n 1 (95 % 0.0–79.3 %).",
        "3 conversations; 2 failures, 1 not recovered; 2 background runs; 2 team changes.",
        "Name, plan and revenue are current",
    ):
        assert part in words, part


def test_the_timeline_has_a_lane_a_mark_and_a_link_for_everything():
    page = open_page("account", account="a1", as_of=AS_OF)
    drawn = figure_of(page)
    assert drawn["layout"]["yaxis"]["categoryarray"][::-1] == [
        "team changes",
        "ledger-sync",
        "settings-api",
        "resolved",
        "escalated",
        "abandoned",
        "handoffs",
        "ratings",
    ]
    marks = {
        (lane, trace["marker"]["symbol"]): json.loads(mark)
        for trace in drawn["data"]
        for lane, mark in zip(trace["y"], trace["customdata"], strict=True)
    }
    link, words = marks["ledger-sync", "x"]
    assert words.startswith("ledger-sync · nightly_sync failed: http_502; links to the")
    assert link.startswith(
        "conversations?from=2026-03-02T03%3A10%3A00Z&to=2026-03-03T03%3A10%3A00Z"
    )
    link, words = marks["settings-api", "x-open"]
    assert words == "settings-api · get_settings failed: timeout, then recovered"
    assert link == "conversation?account=a1&id=c1&as_of=2026-03-02T20%3A00%3A00Z"
    link, words = marks["escalated", "triangle-up"]
    assert (words, link[:31]) == ("Escalated: Missing invoices", "conversation?account=a1&id=c2&a")
    assert marks["ratings", "star"][1] == "Rated 1 of 5: “Late.”"
    assert [place for place, (link, _) in marks.items() if not link] == []


def test_every_link_keeps_the_account_and_the_instant():
    page = open_page("account", account="a1", as_of=AS_OF, window="28d")
    ways_out = {
        # Another account, and this one as of now.
        "account?window=4w&as_of=2026-03-02T20%3A00%3A00Z",
        "account?account=a1&window=4w",
    }
    assert ways_out <= set(hrefs(page))
    others = set(hrefs(page)) - ways_out
    assert len(others) > 10
    for href in others:
        assert href.startswith(("conversation?", "conversations?", "api_errors?")), href
        assert "account=a1" in href and "as_of=2026-03-02T20%3A00%3A00Z" in href, href
    live = open_page("account", account="a1", window="28d")
    pinned = [href for href in hrefs(live) if "as_of=" in href]
    assert len(pinned) == 1
    assert re.fullmatch(r"account\?account=a1&window=4w&as_of=20\d\d-[\w%-]+Z", pinned[0])


def test_cards_and_panels_lead_to_their_conversations():
    found = hrefs(open_page("account", account="a1", as_of=AS_OF))
    scope = "window=90d&as_of=2026-03-02T20%3A00%3A00Z&account=a1"
    for metric in ("episodes", "containment_rate", "csat", "failed_spans", "silent_failures"):
        assert f"conversations?{scope}&metric={metric}" in found
    group = f"{scope}&error_type=timeout&name=get_settings&system=settings-api&metric=failed_spans"
    assert f"conversations?{group}" in found
    job = f"{scope}&error_type=http_502&name=nightly_sync&system=ledger-sync&metric=silent_failures"
    assert f"conversations?{job}" in found
    assert f"conversations?{scope}&rating=1" in found
    assert f"conversations?{scope}&channel=chat" in found
    assert any(
        href.startswith("api_errors?account=a1&trace=run-night&span=snight") for href in found
    )


def test_the_definitions_and_the_sql_are_at_hand():
    page = open_page("account", account="a1", as_of=AS_OF)
    told = "\n".join(piece.value for piece in page.markdown)
    for label in ("Accounts at risk", "Open handoffs", "Failed spans", "CSAT", "Episodes"):
        assert f"**{label}**" in told, label
    statements = [code.value for code in page.code]
    assert len(statements) >= 10
    assert all(text.startswith("set search_path") and "'a1'" in text for text in statements)


def test_at_risk_then_waiting_as_of_earlier_instants():
    words = all_words(open_page("account", account="a1", as_of="2026-03-02T09:05"))
    assert "Status as of Mon 2 Mar 2026, 09:05" in words
    assert "At risk now ledger-sync · nightly_sync failed at 03:10" in words
    assert "STILL" not in words and "Rated" not in words and "Handoff requested" not in words
    page = open_page("account", account="a1", as_of="2026-03-02T13:06")
    assert "Waiting for a human now For 1 min (customer request, queue tier2)." in all_words(page)
    assert "1 min since 13:05 Billing · Chat customer request, queue tier2" in all_words(page)
    assert "square-open" in {trace["marker"]["symbol"] for trace in figure_of(page)["data"]}


def test_links_out_where_the_settings_have_templates(templates):
    page = open_page("account", account="a1", as_of="2026-03-02T13:06")
    out = [href for href in hrefs(page) if href.startswith("https://")]
    assert set(out) == {
        "https://crm.example.com/accounts/a1",
        "https://help.example.com/c0",
        "https://help.example.com/c1",
        "https://help.example.com/c2",
        "https://traces.example.com/run-night?span=sinner",
        "https://traces.example.com/run-night?span=snight",
        "https://traces.example.com/tfirst?span=sfirst",
    }
    html = html_of(page)
    assert html.count('target="_blank" rel="noopener noreferrer"') == len(out)
    there = html_of(open_page("conversation", account="a1", id="c1", as_of=AS_OF))
    assert 'href="https://help.example.com/c1"' in there
    assert 'href="https://traces.example.com/tfirst?span=sfirst"' in there
    assert 'href="https://traces.example.com/run-night?span=sinner"' in there


def test_no_template_no_link_out():
    for page in ("account", "conversation"):
        html = html_of(open_page(page, account="a1", id="c1", as_of=AS_OF))
        assert "example.com" not in html and "↗" not in html


def test_the_conversation_leads_to_its_account_and_to_the_list():
    html = html_of(open_page("conversation", account="a1", id="c1", as_of=AS_OF))
    name = match(r'href="(account[^"]*)"><bdi>Harbour Dental', html)[1]
    assert unescape(name) == "account?account=a1&as_of=2026-03-02T20%3A00%3A00Z"
    listed = match(r'href="(conversations[^"]*)">all conversations', html)[1]
    assert "account=a1" in listed and "window=90d" in listed
    live = html_of(open_page("conversation", account="a1", id="c1"))
    assert 'href="account?account=a1"' in live


def test_without_an_account_there_is_a_search():
    page = open_page("account", as_of=AS_OF)
    assert "Accounts with the most episodes in the last 28 days." in all_words(page)
    first = next(href for href in hrefs(page) if href.startswith("account?"))
    assert first == "account?account=a1&as_of=2026-03-02T20%3A00%3A00Z"
    page.text_input(key="choice find").input("other 1").run()
    assert "3 accounts found." in all_words(page)
    page.text_input(key="choice find").input("%").run()
    assert "No account name or ID contains “%”." in all_words(page)
    assert page.text_input(key="choice find").value == "%"
    found = open_page("account", find="harb", as_of=AS_OF)
    assert "1 account found." in all_words(found) and "Harbour Dental" in words_of(found)


@pytest.mark.parametrize(
    ("parameters", "sentence"),
    [
        ({"account": "nope"}, "No account “nope” found."),
        (
            {"account": "nope", "as_of": AS_OF},
            "No account “nope” found as of Mon 2 Mar 2026, 20:00.",
        ),
        ({"account": "no\x00pe"}, "No account “nope” found."),
        ({"account": EVIL}, "No account “<script>alert(1)"),
        ({"account": "a1", "as_of": "noon"}, "as_of in the link was ignored"),
        ({"account": "a1", "as_of": "0001-01-01"}, "out of range"),
        ({"account": "a1", "window": "soon"}, "window in the link was ignored"),
        ({"account": "a1", "as_of": AS_OF, "kind": "x", "entries": "9"}, "Harbour Dental"),
    ],
)
def test_what_a_link_says_wrongly_is_a_sentence(parameters: dict[str, str], sentence: str):
    page = open_page("account", **parameters)
    assert sentence in words_of(page)
    assert "<script" not in html_of(page)
    if "no account" in sentence:
        assert page.text_input(key="choice find")


def test_an_account_that_is_created_later(warehouse: Warehouse):
    warehouse.add("accounts", [{"account_id": "new", "name": "New", "created_at": at(30)}])
    page = open_page("account", account="new", as_of=AS_OF)
    assert (
        "Account “new” did not exist on Mon 2 Mar 2026, 20:00; it was created on"
        " Tue 3 Mar 2026, 06:00. Show current state"
    ) in words_of(page)


def test_an_account_with_nothing_says_so():
    page = open_page("account", account="b3", as_of="2026-02-01T00:00")
    words = all_words(page)
    for part in (
        "Other 3",
        "none",
        "no episodes in this period",
        "No issues",
        "No events for this account in this period.",
        "No such events in this period.",
        "No calls in this period.",
        "No ratings in this period.",
        "No episodes in this period.",
    ):
        assert part in words, part
    assert "None of 1 span failed." in all_words(
        open_page("account", account="a1", as_of="2026-03-01T12:00")
    )


def test_the_list_by_kind_and_page_by_page(warehouse: Warehouse):
    warehouse.add("accounts", [{"account_id": "busy", "name": "Busy"}])
    warehouse.add(
        "conversations",
        [
            conversation(f"busy{i}", at(i / 10), account_id="busy", subject=f"Number {i}.")
            for i in range(50)
        ],
    )
    # Twenty a page: the change at 15:00 and nineteen conversations.
    first = events_of(open_page("account", account="busy", as_of=AS_OF))
    assert [f"Number {i}." in first for i in (49, 31, 30)] == [True, True, False]
    third = open_page("account", account="busy", as_of=AS_OF, entries="3", kind="conversation")
    assert [f"Number {i}." in events_of(third) for i in (10, 9, 0)] == [False, True, True]
    assert "41–50 of 50" in all_words(third)
    changes = open_page("account", account="a1", as_of=AS_OF, kind="change")
    assert "Shorter greeting" in events_of(changes)
    assert "nightly_sync" not in events_of(changes)


def test_a_crowd_is_drawn_in_heaps_that_lead_to_their_conversations(warehouse: Warehouse):
    warehouse.add("accounts", [{"account_id": "crowd", "name": "Crowd"}])
    warehouse.add(
        "conversations",
        [
            conversation(
                f"crowd{i}",
                at(i * 6 / 25, -6),
                account_id="crowd",
                rating=i % 2 + 4,
                ended_at=at(i * 6 / 25, -6),
                handoff_at=at(i * 6 / 25, -6) if i < 100 else None,
            )
            for i in range(601)
        ],
    )
    page = open_page("account", account="crowd", as_of=AS_OF)
    traces = {trace["marker"]["symbol"]: trace for trace in figure_of(page)["data"]}
    # A hundred a day: on the first they were handed over, later nobody answered.
    assert [len(traces[symbol]["x"]) for symbol in ("triangle-up", "x-thin-open", "square")] == [
        1,
        6,
        1,
    ]
    link, words = json.loads(traces["triangle-up"]["customdata"][0])
    assert words == "Escalated: 100 conversations"
    assert "from=2026-02-24T00%3A00%3A00Z&to=2026-02-25T00%3A00%3A00Z" in link
    assert "outcome=escalated" in link
    assert traces["triangle-up"]["marker"]["size"][0] > traces["x-thin-open"]["marker"]["size"][-1]
    assert "Tue 24 Feb 2026, 00:00 to Wed 25 Feb, 00:00" in traces["square"]["hovertemplate"][0]
    assert "Showing the newest 600 of 601 conversations" in all_words(page)


def test_what_others_wrote_is_text(warehouse: Warehouse, templates):
    key = "e/../{span_id}?\"'<b>"
    known = dict.fromkeys(
        (
            "subject",
            "topic",
            "agent_version",
            "language",
            "source",
            "channel",
            "handoff_queue",
            "rating_comment",
        ),
        EVIL,
    )
    warehouse.add("accounts", [{"account_id": key, "name": EVIL, "plan": EVIL}])
    warehouse.add(
        "conversations",
        [
            conversation(
                EVIL, at(1), account_id=key, handoff_at=at(1), rating=1, rated_at=at(2), **known
            )
        ],
    )
    warehouse.add(
        "messages", [{**message(f"c{EVIL}", 1, at(1), "customer", EVIL), "account_id": key}]
    )
    failed = {
        "account_id": key,
        "error_type": EVIL,
        "error_message": EVIL,
        "system": EVIL,
        "name": EVIL,
    }
    warehouse.add(
        "spans",
        [
            span("in", at(1.05), conversation_id=f"c{EVIL}", **failed),
            span("out", at(0.5), origin="background", **failed),
            span(
                "job",
                at(0.4),
                origin="background",
                **failed | {"error_type": None, "error_message": None},
            ),
        ],
    )
    warehouse.run(
        "insert into changes values ('e', '2026-03-02T00:30Z', '<b>x</b>', '<b>y</b>', 'javascript:z')"
    )
    page = open_page("account", account=key, as_of=AS_OF)
    html = html_of(page)
    assert not re.search(r"<(script|img)|<b>[xy]</b>|javascript:z", html)
    assert all(
        re.match(r"(conversations?|account|api_errors)(\?|$)|https://\w+\.example\.com/", href)
        for href in hrefs(page)
    )
    assert "https://crm.example.com/accounts/e%2F..%2F%7Bspan_id%7D%3F%22%27%3Cb%3E" in hrefs(page)
    drawn = json.dumps(figure_of(page)["data"][0]["text"]) + json.dumps(figure_of(page)["layout"])
    assert "<script" not in drawn
    found = open_page("account", find="<script>", as_of=AS_OF)
    assert "1 account found." in all_words(found)
    assert "<script" not in html_of(found)


def test_a_warehouse_that_is_down_is_a_sentence(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("WAREHOUSE_URL", "postgresql://nobody@127.0.0.1:9/none?connect_timeout=1")
    dispose_engines()
    try:
        for link in ({"account": "a1"}, {}):
            page = open_page("account", **link)
            assert "The warehouse is not responding." in words_of(page)
    finally:
        monkeypatch.undo()
        dispose_engines()


def test_an_empty_warehouse_has_no_account_yet(new_warehouse):
    new_warehouse("empty")
    page = open_page("account")
    assert "No accounts yet." in all_words(page)
