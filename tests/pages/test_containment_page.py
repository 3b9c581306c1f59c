"""The Containment page in every state."""

from collections.abc import Iterator
from datetime import date

import pytest

from dashboard.postgres.engines import dispose_engines
from dashboard.query.cache import clear_cache
from tests.conftest import Warehouse
from tests.pages.app_page import open_page, words_on

NOW = "2026-03-04T14:20:00Z"


@pytest.fixture(autouse=True)
def _nothing_kept() -> Iterator[None]:
    clear_cache()
    yield
    clear_cache()


def test_every_panel_is_there(demo_warehouse: Warehouse):
    app = open_page("containment", as_of=NOW, window="28d")
    assert not app.exception
    words = words_on(app)
    for title in (
        "Containment by day",
        "Resolution funnel",
        "Containment by topic",
        "What drove containment",
        "Agent versions on the same topics",
        "Same episodes, other definitions",
        "Differences",
    ):
        assert title in words
    assert not app.warning


def test_the_link_says_which_figure_and_split(demo_warehouse: Warehouse):
    app = open_page(
        "containment", as_of=NOW, window="28d", shown="resolution_rate", by="channel", split="plan"
    )
    words = words_on(app)
    assert "Resolution by day" in words
    assert "Resolution by channel" in words
    assert "What drove resolution" in words


def test_a_figure_that_is_no_share_is_not_split(demo_warehouse: Warehouse):
    app = open_page("containment", as_of=NOW, window="28d", shown="automation_rate")
    assert "Automation is not a simple rate, so it cannot be decomposed." in words_on(app)
    assert not app.exception


def test_nonsense_in_the_link_falls_back(demo_warehouse: Warehouse):
    app = open_page(
        "containment",
        as_of=NOW,
        window="28d",
        shown="nonsense",
        by="nonsense",
        against="nonsense",
        split="nonsense",
        v1="nonsense",
        topic="nonsense",
    )
    assert not app.exception
    assert "No data in this period." in words_on(app)


def test_any_earlier_window_can_be_compared(demo_warehouse: Warehouse):
    app = open_page(
        "containment", as_of=NOW, window="7d", against="date", against_date="2026-02-02"
    )
    assert not app.exception
    assert app.date_input(key="against_date 2026-02-02").value == date(2026, 2, 2)
    assert "Containment" in words_on(app)


def test_an_empty_warehouse(new_warehouse):
    new_warehouse("empty")
    app = open_page("containment")
    assert not app.exception
    assert "No episodes in this period." in words_on(app)


def test_a_warehouse_that_is_down(new_warehouse, monkeypatch):
    new_warehouse("down")
    monkeypatch.setenv("WAREHOUSE_URL", "postgresql://nobody@127.0.0.1:1/none")
    dispose_engines()
    app = open_page("containment")
    assert not app.exception
    assert "The warehouse is not responding." in words_on(app)
    monkeypatch.undo()
    dispose_engines()
