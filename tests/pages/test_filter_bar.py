"""The filter bar on every page: it shows what the link says, and writes nothing but keys there."""

from datetime import date, time

import pytest

from dashboard.components.shared.pages import PAGES
from dashboard.query.cache import clear_cache
from tests.conftest import Warehouse
from tests.pages.app_page import open_page, words_on

NOW = "2026-03-04T14:20:00Z"
WITH_BAR = [place.file for place in PAGES if place.has_filter_bar]


@pytest.fixture(autouse=True)
def _nothing_kept():
    clear_cache()
    yield
    clear_cache()


def window_of(app) -> str:
    """What the list of windows reads."""
    box = app.selectbox(key="choice window")
    return box.format_func(box.value)


def link_of(app) -> dict[str, list[str]]:
    found = app.query_params
    return {key: [text] if isinstance(text := found[key], str) else text for key in found}


def button_labels(app) -> list[str]:
    return [popover.proto.popover.label for popover in app.get("popover")]


@pytest.mark.parametrize(
    ("link", "words"),
    [
        ({}, "Last 7 days (default)"),
        ({"window": "24h"}, "Last 24 hours"),
        ({"window": "4w"}, "Last 4 weeks"),
        ({"window": "36h"}, "Last 36 hours"),
        ({"window": "soon"}, "soon"),
        # What the list shows for a window between dates, without dates.
        ({"window": "from … to …"}, "from … to …"),
        ({"from": "2026-03-02", "to": "2026-03-04"}, "2 Mar – 3 Mar"),
        ({"from": "2026-03-02T09:40", "to": "2026-03-02T12:00"}, "2 Mar, 09:40 – 12:00"),
        # Midnight in Berlin is no midnight of UTC.
        ({"from": "2026-03-01T23:00Z", "to": "2026-03-02T23:00Z", "tz": "Europe/Berlin"}, "2 Mar"),
    ],
)
def test_the_window_that_holds_is_said(demo_warehouse: Warehouse, link: dict, words: str):
    app = open_page("containment", as_of=NOW, **link)
    assert not app.exception
    assert window_of(app) == words


def test_a_usual_length_takes_the_dates_out_of_the_link(demo_warehouse: Warehouse):
    app = open_page("containment", as_of=NOW, **{"from": "2026-03-02", "to": "2026-03-04"})
    app.selectbox(key="choice window").select("28d").run()
    assert link_of(app)["window"] == ["28d"]
    assert not {"from", "to"} & set(app.query_params)
    app.selectbox(key="choice window").select("").run()
    assert "window" not in app.query_params


def test_dates_take_the_length_out_of_the_link(demo_warehouse: Warehouse):
    app = open_page("containment", as_of=NOW, window="28d", tz="Europe/Berlin")
    first, last = (box for box in app.date_input if box.label in ("From", "To (inclusive)"))
    assert (first.value, last.value) == (date(2026, 2, 26), date(2026, 3, 4))
    first.set_value(date(2026, 3, 1))
    last.set_value(date(2026, 3, 2))
    next(button for button in app.button if button.label == "Show").click().run()
    assert "window" not in app.query_params
    assert link_of(app)["from"] == ["2026-02-28T23:00:00Z"]
    assert link_of(app)["to"] == ["2026-03-02T23:00:00Z"]
    assert window_of(app) == "1 Mar – 2 Mar"
    # Now with a time: until 09:40, not until the end of the day.
    app.time_input[1].set_value(time(9, 40))
    next(button for button in app.button if button.label == "Show").click().run()
    assert window_of(app) == "1 Mar, 00:00 – 2 Mar, 09:40"


def test_a_window_that_ends_before_it_starts_is_said(demo_warehouse: Warehouse):
    app = open_page("containment", as_of=NOW)
    app.date_input[0].set_value(date(2026, 3, 9))
    next(button for button in app.button if button.label == "Show").click().run()
    assert "ends before it starts" in words_on(app)
    assert not app.exception


@pytest.mark.parametrize(
    ("link", "words"),
    [
        ({}, "vs. previous 7 days"),
        ({"against": "1w"}, "vs. same days a week earlier"),
        ({"against": "date", "against_date": "2026-02-02"}, "vs. 2 Feb, 00:00"),
        ({"against": "1w", "window": "4h"}, "vs. same hours a week earlier"),
    ],
)
@pytest.mark.parametrize("page", ["containment", "escalations", "satisfaction", "api_errors"])
def test_every_change_names_what_it_is_measured_against(
    demo_warehouse: Warehouse, page: str, link: dict, words: str
):
    app = open_page(page, as_of="2026-03-04T14:20", **link)
    assert not app.exception
    cards = next(html.proto.body for html in app.get("html") if "cards" in html.proto.body)
    told = words.replace("2 Feb, 00:00", "2 Feb – 8 Feb")
    assert cards.count(told) + cards.count("No comparison data") == cards.count('class="value"')
    assert told in cards
    if page in ("containment", "api_errors"):
        assert told.lower() in words_on(app).lower()


def test_the_comparison_changes_the_figures(demo_warehouse: Warehouse):
    def cards(**link: str) -> str:
        app = open_page("containment", as_of=NOW, window="24h", **link)
        return next(html.proto.body for html in app.get("html") if "cards" in html.proto.body)

    before, week = cards(), cards(against="1w")
    assert before.replace("previous 24 hours", "") != week.replace("same days a week earlier", "")


def test_a_start_is_asked_for_only_where_one_is_chosen(demo_warehouse: Warehouse):
    app = open_page("containment", as_of=NOW)
    keys = [box.key for box in app.date_input]
    assert not any(str(key).startswith("against_date") for key in keys)
    app.selectbox(key="choice against").select("date").run()
    assert link_of(app)["against"] == ["date"]
    assert "vs. previous 7 days" in words_on(app)
    app.date_input(key="against_date None").set_value(date(2026, 2, 2)).run()
    assert link_of(app)["against_date"] == ["2026-02-02"]
    assert "vs. 2 Feb – 8 Feb" in words_on(app)


def test_times_are_told_by_the_clock_of_the_link(demo_warehouse: Warehouse):
    app = open_page("escalations", as_of="2026-03-04T14:20:00Z", tz="Asia/Tokyo", window="24h")
    assert not app.exception
    assert "Waiting at Wed 4 Mar 2026, 23:20" in words_on(app)
    assert "Times in Asia/Tokyo" in words_on(app)
    assert any("Tokyo" in label for label in button_labels(app))


def test_another_clock_leaves_the_instants_where_they_are(demo_warehouse: Warehouse):
    app = open_page(
        "containment", as_of="2026-03-04T14:20", **{"from": "2026-03-02", "to": "2026-03-04"}
    )
    app.selectbox(key="choice tz").select("Asia/Tokyo").run()
    assert link_of(app)["tz"] == ["Asia/Tokyo"]
    assert link_of(app)["as_of"] == ["2026-03-04T14:20:00Z"]
    assert link_of(app)["from"] == ["2026-03-02T00:00:00Z"]
    assert window_of(app) == "2 Mar, 09:00 – 4 Mar, 09:00"
    app.selectbox(key="choice tz").select("UTC").run()
    assert "tz" not in app.query_params


@pytest.mark.parametrize("page", WITH_BAR)
def test_a_zone_that_there_is_not_is_said(demo_warehouse: Warehouse, page: str):
    app = open_page(page, as_of=NOW, tz="Europe/Atlantis")
    assert not app.exception
    assert "'Europe/Atlantis' is not a time zone" in words_on(app)


@pytest.mark.parametrize(
    "link",
    [
        {"from": "9998-01-01", "to": "9999-12-31"},
        {"from": "0001-01-01", "to": "0001-01-02"},
        {"from": "1000-01-01", "to": "1001-01-01", "as_of": "9999-12-31"},
        {"from": "2026-03-02T09:40:00.123456Z", "to": "2026-03-02T09:40:00.123457Z"},
        {"from": "2026-03-09", "to": "2026-03-02"},
        {"from": "x", "to": "y", "as_of": "z", "against": "date", "against_date": "w", "tz": "v"},
        {"against": "date", "against_date": "9999-12-31"},
        {"against": "date", "against_date": "0001-01-01"},
        {"window": "0h", "tz": "../etc/passwd"},
        {"window": "\x00", "topic": ["\x00", "", "**x**"], "view": "\x00"},
        {"tz": "utc", "as_of": "2026-03-29T02:30", "window": "9999w"},
    ],
)
def test_no_link_breaks_the_bar(demo_warehouse: Warehouse, link: dict):
    app = open_page("containment", **link)
    assert not app.exception
    assert "Containment" in [title.value for title in app.title]
    assert "could not be drawn" not in words_on(app)
    assert app.selectbox(key="choice window").options
