"""The Satisfaction page in every state."""

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
AS_OF = "2026-03-02T20:00"
EVIL = "<script>alert(1)</script><img src=x onerror=alert(1)> [a](javascript:b) **c** \"'</td>"
PANELS = (
    "CSAT by day",
    "Rating distribution",
    "AI only, human and mixed",
    "Response bias",
    "CSAT by topic",
    "Comments",
    "Contained but rated low",
)


@pytest.fixture(autouse=True)
def _nothing_kept() -> Iterator[None]:
    clear_cache()
    yield
    clear_cache()


def everything_on(app: AppTest) -> str:
    return f"{words_on(app)}\n{words_of(app)}"


def rated(number: int, stars: int, comment: str | None = None, **known) -> dict:
    """An episode that the AI answered and that ended in silence, rated an hour later."""
    return conversation(
        number,
        at(9 + number / 10),
        **{
            "first_ai_reply_at": at(9.05 + number / 10),
            "ended_at": at(9.5 + number / 10),
            "closing_signal": "silent",
            "rating": stars,
            "rated_at": at(10.5 + number / 10),
            "rating_comment": comment,
            **known,
        },
    )


def test_every_panel_is_there(demo_warehouse: Warehouse):
    app = open_page("satisfaction", as_of=NOW, window="28d")
    assert not app.exception
    assert not app.warning
    words = everything_on(app)
    for title in PANELS:
        assert title in words
    assert "Ratings count in the period in which their episode started" in words
    assert re.search(r"CSAT is [\d.]+ %; with equal response rates it would be about", words)
    assert re.search(r"AI only vs. human only: ", words)
    assert re.search(
        r"Rated 1 or 2: [\d,]+ of [\d,]+ ratings on contained episodes, [\d.]+ % \(", words
    )
    assert re.search(r"[\d,]+ comments on [\d,]+ ratings", words)
    links = links_behind(app)
    assert len(links) > 40
    assert all(link.startswith("conversations?") for link in links)
    assert not any("dating" in link for link in links)
    assert any("rating=1&" in link for link in links)


def test_ratings_can_be_dated_by_themselves(demo_warehouse: Warehouse):
    app = open_page("satisfaction", as_of=NOW, dating="event")
    assert not app.exception
    assert "Ratings count in the period in which they were given, as on the wall." in everything_on(
        app
    )
    of_ratings = [link for link in links_behind(app) if "metric=csat_response_rate" not in link]
    assert of_ratings
    assert all("dating=event" in link for link in of_ratings)


@pytest.mark.parametrize(
    ("link", "words"),
    [
        ({"shown": "csat_mean", "by": "version"}, "Mean rating by agent version"),
        ({"shown": "csat_response_rate"}, "Response rate by day"),
        ({"shown": "contained_low_rate", "by": "outcome"}, "Low-rated contained by outcome"),
        ({"shown": "ratings", "window": "24h"}, "Ratings by hour"),
    ],
)
def test_the_link_says_what_is_shown(demo_warehouse: Warehouse, link: dict, words: str):
    app = open_page("satisfaction", as_of=NOW, **link)
    assert not app.exception
    assert words in everything_on(app)


def test_comments_have_pages_orders_and_ratings(new_warehouse):
    new_warehouse("comments").add(
        "conversations",
        [rated(i, 1 + i % 5, f"word{i:02}") for i in range(25)],
    )

    def shown(**link: str) -> list[str]:
        app = open_page("satisfaction", as_of=AS_OF, **link)
        assert not app.exception
        comments = html_of(app).split("on contained episodes")[0]
        return re.findall(r"word\d\d", comments)

    assert shown() == [f"word{i:02}" for i in range(24, 14, -1)]
    assert shown(comments="3") == ["word04", "word03", "word02", "word01", "word00"]
    assert shown(order="lowest rating")[:6] == [
        "word20",
        "word15",
        "word10",
        "word05",
        "word00",
        "word21",
    ]
    assert shown(beside="middle") == ["word22", "word17", "word12", "word07", "word02"]
    # A page that the filter no longer has.
    assert shown(beside="middle", comments="3") == shown(beside="middle")


def test_a_comment_leads_to_its_conversation_and_the_next_one(new_warehouse):
    new_warehouse("leads").add("conversations", [rated(1, 2, "Too slow."), rated(2, 5)])
    html = html_of(open_page("satisfaction", as_of=AS_OF))
    links = re.findall(r'href="(conversation\?[^"]*)"', html)
    assert links
    assert all("account=a1&amp;id=c1" in link and "from_list=" in link for link in links)


def test_the_sql_of_every_panel_runs_as_it_is_shown(demo_warehouse: Warehouse):
    app = open_page("satisfaction", as_of=NOW, topic="billing")
    assert len(app.code) == 8
    for code in app.code:
        demo_warehouse.run(code.value)


def test_nonsense_in_the_link_falls_back(demo_warehouse: Warehouse):
    app = open_page(
        "satisfaction",
        as_of=NOW,
        window="28d",
        shown="nonsense",
        by="nonsense",
        dating="nonsense",
        beside="nonsense",
        order="nonsense",
        comments="-3",
        **{"from": "someday"},
    )
    assert not app.exception
    words = everything_on(app)
    assert "from in the link was ignored" in words
    for title in PANELS:
        assert title in words


def test_a_filter_that_nothing_passes(demo_warehouse: Warehouse):
    app = open_page("satisfaction", as_of=NOW, topic="nothing of the kind")
    assert not app.exception
    words = everything_on(app)
    for sentence in (
        "No data in this period.",
        "No ratings in this period.",
        "No ended episodes in this period.",
        "No comments in this period.",
        "No rated contained episodes in this period.",
    ):
        assert sentence in words


def test_an_empty_warehouse(new_warehouse):
    new_warehouse("empty")
    app = open_page("satisfaction")
    assert not app.exception
    assert "No ratings in this period." in everything_on(app)


def test_episodes_that_nobody_rated(new_warehouse):
    new_warehouse("unrated").add(
        "conversations", [rated(1, 3) | {"rating": None, "rated_at": None}]
    )
    app = open_page("satisfaction", as_of=AS_OF)
    assert not app.exception
    words = everything_on(app)
    assert "No ratings in this period." in words
    assert "No comments in this period." in words


def test_one_rating_is_enough(new_warehouse):
    new_warehouse("one").add("conversations", [rated(1, 1, "No.")])
    app = open_page("satisfaction", as_of=AS_OF)
    assert not app.exception
    words = everything_on(app)
    assert "Rated 1 or 2: 1 of 1 rating on contained episodes, 100.0 %" in words
    assert "1 comment on 1 rating." in words
    assert "CSAT is 0.0 %" in words


def test_what_customers_wrote_is_text(new_warehouse):
    evil = new_warehouse("evil")
    evil.add("accounts", [{"account_id": "<evil>", "name": EVIL, "plan": EVIL}])
    told = {"account_id": "<evil>", "topic": EVIL, "channel": EVIL, "agent_version": EVIL}
    evil.add(
        "conversations",
        [
            rated(1, 1, f"{EVIL}\u202e\u0007", **told),
            rated(2, 2, "x" * 5_000, **told),
            rated(3, 1, "</div></div>\n\n# heading\n\nand more", **told),
            rated(4, 5, "مرحبا <b>bold</b>", **told),
        ],
    )
    app = open_page("satisfaction", as_of=AS_OF)
    assert not app.exception
    html = html_of(app)
    assert not re.search(r"<(script|img|b>|h1)", html)
    assert "alert(1)" in words_of(app)
    # Each stands in an element of its own, which keeps its direction; a long one is cut.
    assert html.count("<bdi>") == html.count("</bdi>")
    assert "x" * 600 + "…" in html
    assert "x" * 601 not in html
    drawn = [text for text in texts_drawn(app) if "alert(1)" in text]
    assert drawn
    assert not [text for text in drawn if re.search(r"<(script|img)", text)]


def test_a_warehouse_that_is_down(new_warehouse, monkeypatch):
    new_warehouse("down")
    monkeypatch.setenv("WAREHOUSE_URL", "postgresql://nobody@127.0.0.1:1/none")
    dispose_engines()
    app = open_page("satisfaction")
    assert not app.exception
    assert "The warehouse is not responding." in words_on(app)
    monkeypatch.undo()
    dispose_engines()
