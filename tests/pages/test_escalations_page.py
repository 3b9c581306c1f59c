"""The Escalations page in every state."""

import re
from collections.abc import Iterator

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.postgres.engines import dispose_engines
from dashboard.query.cache import clear_cache
from tests.conftest import Warehouse, at, conversation
from tests.pages.app_page import open_page, words_on
from tests.pages.drawn import html_of, words_of
from tests.pages.figures import links_behind, texts_drawn

NOW = "2026-03-04T14:20:00Z"
EVIL = "<script>alert(1)</script><img src=x onerror=alert(1)> [a](javascript:b) **c** \"'</td>"
PANELS = (
    "Escalations by day vs. expected range",
    "Time to human",
    "Queue load",
    "Reasons by topic",
    "Handoffs by hour of the week",
    "Escalations by topic",
    "Unanswered escalations",
)


@pytest.fixture(autouse=True)
def _nothing_kept() -> Iterator[None]:
    clear_cache()
    yield
    clear_cache()


def everything_on(app: AppTest) -> str:
    return f"{words_on(app)}\n{words_of(app)}"


def test_every_panel_is_there(demo_warehouse: Warehouse):
    app = open_page("escalations", as_of=NOW)
    assert not app.exception
    assert not app.warning
    words = everything_on(app)
    for title in (*PANELS, "Waiting at Wed 4 Mar 2026, 14:20"):
        assert title in words
    assert re.search(r"50 % answered within .* \(95 % .*\), 90 % within", words)
    assert re.search(r"Busiest: \w+days \d\d:00", words)
    assert re.search(r"Top reason: [a-z ]+ \(\d+ %\)\.", words)
    assert re.search(r"[\d,]+ of [\d,]+ handoffs ended without a human reply", words)
    assert "28 days since Wed 4 Feb 2026, 14:20, so that each weekday counts four times" in words
    # Every mark leads to the list, as of the instant of the page.
    links = links_behind(app)
    assert len(links) > 200
    assert all(link.startswith("conversations?") for link in links)
    assert all("as_of=2026-03-04T14%3A20%3A00Z" in link for link in links)


def test_while_live_it_says_who_waits_now(demo_warehouse: Warehouse):
    words = everything_on(open_page("escalations", window="90d"))
    assert "Waiting now" in words


@pytest.mark.parametrize(
    ("link", "words"),
    [
        ({"shown": "escalation_rate"}, "Escalation rate by day vs. expected range"),
        ({"shown": "time_to_human_p50"}, "significance is not tested for percentiles"),
        ({"shown": "unanswered_rate", "by": "queue"}, "Unanswered by handoff queue"),
        ({"window": "24h"}, "Escalations by hour vs. expected range"),
        ({"window": "4h"}, "Escalations by quarter hour vs. expected range"),
        ({"from": "2026-02-02", "to": "2026-02-03"}, "Waiting at Tue 3 Feb 2026, 00:00"),
    ],
)
def test_the_link_says_what_is_shown(demo_warehouse: Warehouse, link: dict, words: str):
    app = open_page("escalations", as_of=NOW, **link)
    assert not app.exception
    assert words in everything_on(app)


def test_the_link_says_which_queue_and_what_cells_show(demo_warehouse: Warehouse):
    app = open_page("escalations", as_of=NOW, wait_in="technical", cells="topic", window="28d")
    assert not app.exception
    assert re.search(r"technical: 50 % answered within", everything_on(app))
    assert any(re.fullmatch(r"\d+ %", text) for text in texts_drawn(app))
    of_the_curve = [link for link in links_behind(app) if "time_to_human" in link]
    assert of_the_curve
    assert all("queue=technical" in link for link in of_the_curve)


def test_the_sql_of_every_panel_runs_as_it_is_shown(demo_warehouse: Warehouse):
    app = open_page("escalations", as_of=NOW, topic="billing")
    assert len(app.code) == 11
    for code in app.code:
        demo_warehouse.run(code.value)


def test_nonsense_in_the_link_falls_back(demo_warehouse: Warehouse):
    app = open_page(
        "escalations",
        as_of=NOW,
        shown="nonsense",
        by="nonsense",
        cells="nonsense",
        wait_in="nonsense",
        **{"from": "someday"},
    )
    assert not app.exception
    words = everything_on(app)
    assert "from in the link was ignored" in words
    for title in PANELS:
        assert title in words


def test_a_filter_that_nothing_passes(demo_warehouse: Warehouse):
    app = open_page("escalations", as_of=NOW, topic="nothing of the kind")
    assert not app.exception
    words = everything_on(app)
    assert "No data in this period." in words
    assert "No handoffs in this period." in words
    assert "No handoffs with measured times in this period." in words
    assert "No handoffs waiting." in words


def test_an_empty_warehouse(new_warehouse):
    new_warehouse("empty")
    app = open_page("escalations")
    assert not app.exception
    assert "No handoffs waiting." in everything_on(app)


def test_one_handoff_is_enough(new_warehouse):
    new_warehouse("one").add(
        "conversations",
        [
            conversation(1, at(9), handoff_at=at(9.1), first_ai_reply_at=at(9.05)),
        ],
    )
    app = open_page("escalations", as_of="2026-03-02T12:00")
    assert not app.exception
    words = everything_on(app)
    assert "1 handoff waiting, the longest for 2 h 54 min." in words
    assert "Fewer than half answered so far." in words
    assert "No handoffs in this period, or all are still waiting." in words


def test_what_others_wrote_is_text(new_warehouse):
    evil = new_warehouse("evil")
    evil.add("accounts", [{"account_id": "<evil>", "name": EVIL, "plan": EVIL}])
    evil.add(
        "conversations",
        [
            conversation(
                number,
                at(9 + number),
                account_id="<evil>",
                topic=f"{EVIL}{number}",
                channel=EVIL,
                agent_version=EVIL,
                handoff_queue=f"{EVIL}{number}",
                handoff_at=at(9.2 + number),
                first_ai_reply_at=at(9.1 + number),
                first_human_reply_at=at(9.5 + number) if number == 1 else None,
                ended_at=at(10 + number) if number < 3 else None,
                source=EVIL,
            )
            for number in range(4)
        ],
    )
    app = open_page("escalations", as_of="2026-03-02T20:00")
    assert not app.exception
    assert not re.search(r"<(script|img)", html_of(app))
    assert "alert(1)" in words_of(app)
    # Plotly would read markup in names; in what a click carries it is text, and escaped when shown.
    drawn = [text for text in texts_drawn(app) if "alert(1)" in text]
    assert drawn
    assert not [text for text in drawn if re.search(r"<(script|img)", text)]


def test_a_warehouse_that_is_down(new_warehouse, monkeypatch):
    new_warehouse("down")
    monkeypatch.setenv("WAREHOUSE_URL", "postgresql://nobody@127.0.0.1:1/none")
    dispose_engines()
    app = open_page("escalations")
    assert not app.exception
    assert "The warehouse is not responding." in words_on(app)
    monkeypatch.undo()
    dispose_engines()
