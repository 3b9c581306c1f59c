"""The API errors page in every state: the overview, one group, one trace, and what links say wrongly."""

import json
import re
from html import unescape

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.postgres.engines import dispose_engines
from dashboard.reports.api_errors.error_groups import error_groups
from dashboard.scope import Scope
from tests.conftest import Warehouse, at, conversation, message, span
from tests.pages.drawn import html_of, open_page, words_of
from tests.reports.nightly_story import OTHERS, tell

AS_OF = "2026-03-02T20:00"
EVIL = "<script>alert(1)</script><img src=x onerror=alert(1)> [a](javascript:b) **c** \"'</td>"
DAY = Scope(at(-4), at(20), at(20))


@pytest.fixture(scope="module", autouse=True)
def _story(warehouse: Warehouse) -> None:
    tell(warehouse)
    warehouse.add("accounts", [{"account_id": "<evil>", "name": EVIL, "plan": EVIL}])
    evil = {
        "account_id": "<evil>",
        "conversation_id": "cevil",
        "system": EVIL,
        "name": EVIL,
        "error_type": EVIL,
        "error_message": EVIL,
        "status_code": EVIL,
        "trace_id": "<evil>",
        "operation": EVIL,
        "request": {EVIL: EVIL},
        "response": {"a": EVIL},
    }
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
                first_ai_reply_at=at(1.1),
                ended_at=at(2),
                closing_signal="silent",
            ),
        ],
    )
    warehouse.add(
        "spans",
        [
            span("evil", at(1.01), **evil),
            span("evil2", at(1.02), **evil | {"parent_span_id": "sevil", "duration_ms": None}),
            *(
                span(f"wide{i}", at(0.5), trace_id="wide", parent_span_id="swide0" if i else None)
                for i in range(200)
            ),
        ],
    )
    said = message("cevil", 1, at(1.1), "ai_agent", "All is well.")
    warehouse.add("messages", [{**said, "account_id": "<evil>"}])


def page(**parameters: str) -> AppTest:
    shown = open_page("api_errors", **({"as_of": AS_OF, "window": "24h"} | parameters))
    assert not shown.exception
    return shown


def group(name: str) -> str:
    return next(g.fingerprint for g in error_groups(DAY, {}).groups if g.name == name)


def links(html: str, words: str) -> list[str]:
    found = re.findall(rf'href="([^"]*)"[^>]*>(?:<bdi>)?{re.escape(words)}', html)
    return [unescape(link) for link in found]


def rows_of_groups(shown: AppTest) -> int:
    return html_of(shown).count('<tr><td class="what"')


def drawn_texts(shown: AppTest) -> str:
    """What the figures draw as text; `customdata` is what a click sends back, and is not drawn."""
    traces = [
        trace
        for figure in shown.get("plotly_chart")
        for trace in json.loads(figure.proto.spec)["data"]
    ]
    return json.dumps([trace.get(key) for trace in traces for key in ("name", "text", "hovertext")])


def test_the_overview_groups_failures_and_says_since_when():
    shown = page()
    words = words_of(shown)
    assert f"ledger-sync · nightly_sync http_502 background POST failed {OTHERS + 1} 0" in words
    assert "first seen after the last team change, “Shorter greeting”" in " ".join(
        caption.value.replace("\\", "") for caption in shown.caption
    )
    assert "16 h ago" in words
    # The call to settings-api was made again and went well; nothing else was.
    assert words.count("100 % 1 of 1") == 1


def test_a_row_is_a_link_to_its_group_in_the_same_scope():
    shown = page(topic="billing", system="settings-api")
    [link] = links(html_of(shown), "settings-api</bdi> · ")
    assert link.startswith(
        "api_errors?window=24h&as_of=2026-03-02T20%3A00%3A00Z&system=settings-api"
    )
    assert link.endswith(f"topic=billing&group={group('get_settings')}")
    assert "nightly_sync" not in html_of(shown)


def test_silent_failures_say_the_rule_that_fired_and_lead_to_trace_and_conversation():
    html = html_of(page(rule="background"))
    assert "5 h 49 min before the start" in words_of(page(rule="background"))
    assert links(html, "ledger-sync</bdi> · ")[-1].startswith(
        "api_errors?account=a1&trace=run-night"
    )
    assert "conversation?account=a1&id=c1" in " ".join(links(html, "Missing invoices"))
    assert "Background failure: A job failed in the 24 hours before" in " ".join(
        caption.value.replace("*", "") for caption in page(rule="background").caption
    )
    assert "Background failure" not in words_of(page(rule="went_on"))


def test_search_and_order_stand_in_the_link():
    assert rows_of_groups(page()) == 4
    assert rows_of_groups(page(find="settings timeout")) == 1
    assert page(order="last seen").selectbox(key="choice order").value == "last seen"
    assert "No matching error groups." in [c.value for c in page(find="unheard of").caption]


def test_what_is_new_since_the_last_change():
    # At 20:00 the last change is of 15:00 and nothing has failed since; at 14:00 it is of the day before.
    words = [caption.value for caption in page(only="new").caption]
    assert "No matching error groups." in words
    early = page(only="new", as_of="2026-03-02T14:00")
    assert rows_of_groups(early) == html_of(early).count('<span class="new"') == 4


@pytest.mark.parametrize(
    "parameters",
    [
        {"lines": "system"},
        {"lines": "system", "shown": "latency_p95"},
        {"shown": "silent_failures"},
        {"lines": "system", "shown": "failed_spans", "window": "7d"},
    ],
)
def test_figures_over_time_together_and_by_system(parameters: dict[str, str]):
    shown = page(**parameters)
    assert not shown.warning
    names = [
        line.get("name") for line in json.loads(shown.get("plotly_chart")[0].proto.spec)["data"]
    ]
    assert ("ledger-sync" in names) == ("lines" in parameters)


def test_one_group_its_message_traces_and_conversations():
    shown = page(group=group("get_settings"))
    words = words_of(shown)
    assert "settings-api · get_settings timeout" in words
    assert "Failed spans 1 1 all time Conversations 1 Accounts 1 Recovered 100.0 % 1 of 1" in words
    assert "1 conversation with this failure" in words
    html = html_of(shown)
    listed = links(html, "Open conversations")
    assert any("metric=failed_spans" in link and "group=" in link for link in listed)
    assert links(html, "Trace")[0].startswith(
        "api_errors?account=a1&trace=tfirst&span=sfirst&window=24h&as_of="
    )
    assert links(html, "‹ All error groups")[0].startswith("api_errors?window=24h&as_of=")


def test_a_group_of_background_work_shows_what_it_reached_and_what_it_ran_in():
    words = words_of(page(group=group("nightly_sync")))
    assert "Missing invoices 09:00 · Harbour Dental ◐ Assumed resolved" in words
    assert "silent failure" in words
    inner = words_of(page(group=group("POST /journals")))
    assert "Called from ledger-sync · nightly_sync (1 of 1)" in inner


def test_exposure_is_told_as_an_association():
    shown = page(group=group("nightly_sync"), horizon="24h")
    markdown = " ".join(element.value for element in shown.markdown).replace("\\", "")
    captions = " ".join(caption.value for caption in shown.caption)
    assert "no other episodes of the same topic" in captions
    assert "in the 24 hours before its start" in captions
    assert "not proof of a cause" in captions
    assert "caused by" not in captions + markdown + words_of(shown)


def test_a_group_with_nothing_in_the_window_leads_to_where_it_was():
    shown = page(group=group("nightly_sync"), window="1h")
    assert "No failures of this group in this period" in words_of(shown)
    [link] = links(html_of(shown), "Open conversations")[:1] or [""]
    assert f"group={group('nightly_sync')}" in html_of(shown)
    assert "api_errors?from=2026-02-23T03%3A10%3A01Z&to=2026-03-02T03%3A10%3A01Z" in link


def test_one_trace_and_the_span_that_the_link_picks():
    shown = page(trace="run-night", account="a1")
    words = words_of(shown)
    assert "Harbour Dental · Mon 2 Mar 2026, 03:10:00 (UTC) · 2 spans, 2 failed · 33 s" in words
    # The deepest failure, unless the link says another.
    assert "timeout no answer within 29 s Not recovered. All failures in this group" in words
    picked = words_of(page(trace="run-night", account="a1", span="snight"))
    assert "http_502 POST failed" in picked
    assert links(html_of(shown), "All failures in this group")[0].endswith(
        f"group={group('POST /journals')}"
    )


def test_a_large_trace_says_what_is_not_drawn():
    shown = page(trace="wide", account="a1")
    assert "Showing 150 of 200 spans" in " ".join(caption.value for caption in shown.caption)


@pytest.mark.parametrize(
    ("parameters", "sentence"),
    [
        ({"group": "000000000000"}, "belongs to the error group “000000000000”"),
        ({"group": EVIL}, "belongs to the error group “<script>"),
        ({"group": "a\x00b"}, "belongs to the error group “ab"),
        ({"trace": "unheard", "account": "a1"}, "No trace unheard"),
        ({"trace": "run-night"}, "names a trace but no account"),
        ({"trace": EVIL, "account": EVIL}, "No trace <script>"),
    ],
)
def test_what_a_link_names_and_is_not_there_is_said(parameters: dict, sentence: str):
    shown = page(**parameters)
    assert sentence in words_of(shown)
    assert not re.search(r"<(script|img)", html_of(shown))
    assert links(html_of(shown), "‹ All error groups")


def test_wrong_choices_fall_back_to_the_usual_ones():
    shown = page(shown="nothing", lines="?", order="?", only="?", rule="?", horizon="?")
    assert "nightly_sync" in html_of(shown)


def test_what_others_wrote_is_text():
    evil = group(EVIL)
    views: tuple[dict[str, str], ...] = (
        {},
        {"lines": "system"},
        {"group": evil},
        {"trace": "<evil>", "account": "<evil>"},
        {"topic": EVIL, "system": EVIL},
    )
    for view in views:
        shown = page(**view)
        assert not re.search(r"<(script|img|td|h1)[^>]*(alert|src=x)", html_of(shown)), view
        assert not re.search("<(script|img)", drawn_texts(shown)), view
        assert "<script>alert(1)</script>" in words_of(shown), view
        assert not shown.warning


def test_an_empty_window_is_sentences():
    shown = page(window="1h", topic="nothing of the kind")
    captions = [caption.value for caption in shown.caption]
    assert "No failed calls in this period." in captions
    assert "No silent failures in this period." in captions
    assert "No calls in this period." in captions
    assert not shown.warning


def test_an_instant_before_everything():
    shown = open_page("api_errors", as_of="2020-01-01", window="24h")
    assert not shown.exception
    assert not shown.warning


@pytest.mark.parametrize("parameters", [{}, {"group": "0" * 12}, {"trace": "t", "account": "a"}])
def test_a_warehouse_that_is_down_is_a_sentence(parameters: dict, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("WAREHOUSE_URL", "postgresql://nobody@127.0.0.1:9/none?connect_timeout=1")
    dispose_engines()
    try:
        assert "The warehouse is not responding." in words_of(page(**parameters))
    finally:
        monkeypatch.undo()
        dispose_engines()
