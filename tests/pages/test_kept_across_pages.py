"""What a link says goes along from page to page; what a page cannot apply is said, and goes along too."""

import pytest

from dashboard.components.shared.pages import PAGES
from dashboard.query.cache import clear_cache
from dashboard.scope_url import KEPT_KEYS
from tests.conftest import Warehouse
from tests.pages.app_page import open_page, words_on

NOW = "2026-03-04T14:20:00Z"


@pytest.fixture(autouse=True)
def _nothing_kept():
    clear_cache()
    yield
    clear_cache()


@pytest.mark.parametrize(
    ("page", "link", "words"),
    [
        ("containment", {"outcome": "escalated"}, "kept in the link: outcome Escalated."),
        ("escalations", {"system": "ledger-sync"}, "kept in the link: system ledger-sync."),
        ("satisfaction", {"queue": ["a", "b"]}, "kept in the link: handoff queue a or b."),
        ("control_room", {"outcome": "*escalated*"}, "kept in the link: outcome *escalated*."),
        ("api_errors", {"outcome": "escalated", "system": "x"}, "in the link: outcome Escalated."),
        ("account", {"topic": "billing"}, "kept in the link: topic Billing."),
        ("conversation", {"topic": "billing"}, "kept in the link: topic Billing."),
        ("satisfaction", {"utm": "mail"}, "“utm” is not a parameter of this page"),
        ("conversations", {"utm": "mail"}, "“utm” is not a parameter of this page"),
        ("account", {"group": "f1"}, "“group” is not a parameter of this page"),
    ],
)
def test_what_a_page_cannot_apply_is_said(
    demo_warehouse: Warehouse, page: str, link: dict, words: str
):
    app = open_page(page, as_of=NOW, **link)
    assert not app.exception
    assert words in words_on(app)
    for key in link:
        assert key in app.query_params


@pytest.mark.parametrize("page", [place.file for place in PAGES if place.is_listed])
def test_the_scope_goes_along_to_every_page_and_own_picks_stay(
    demo_warehouse: Warehouse, page: str
):
    scope = {
        "window": "24h",
        "as_of": NOW,
        "against": "1w",
        "tz": "Europe/Berlin",
        "topic": "billing",
        "outcome": "escalated",
        "system": "ledger-sync",
    }
    app = open_page(page, **scope, shown="csat", group="f1", sort="oldest", find="x")
    links = [link.proto for link in app.get("page_link")]
    assert len(links) == sum(place.is_listed for place in PAGES)
    for link in links:
        kept = dict(pair.split("=") for pair in link.query_string.split("&"))
        assert set(kept) == set(scope), link.page


def test_an_account_stays_on_its_own_page(demo_warehouse: Warehouse):
    def kept(page: str, **link: str) -> str:
        return open_page(page, as_of=NOW, **link).get("page_link")[1].proto.query_string

    assert "account=a1" in kept("containment", account="a1")
    assert "account" not in kept("account", account="a1")
    assert "account" not in kept("conversation", account="a1", id="c1")
    assert "account" not in kept("api_errors", account="a1", trace="t1")


PICKS = {
    "containment": {"shown": "resolution_rate", "by": "channel", "split": "plan"},
    "escalations": {"shown": "escalation_rate", "by": "queue", "cells": "topic"},
    "satisfaction": {"dating": "event", "order": "lowest rating", "beside": "low", "comments": "2"},
    "api_errors": {
        "shown": "latency_p95",
        "lines": "system",
        "order": "last seen",
        "find": "e",
        "every_group": "1",
        "only": "all",
        "rule": "background",
    },
    "conversations": {
        "q": "the",
        "failed": "no",
        "rated": "no",
        "sort": "oldest",
        "outcome": "assumed",
    },
    "account": {"find": "a"},
}


@pytest.mark.parametrize("page", PICKS)
def test_a_page_knows_all_that_its_widgets_write(demo_warehouse: Warehouse, page: str):
    """Every widget writes under a name that the page's link may have, and what it writes reads back."""
    app = open_page(page, as_of=NOW, window="28d", **PICKS[page])
    assert not app.exception
    assert "is not a parameter of this page" not in words_on(app)
    names = {
        key.removeprefix("choice ")
        for key in app.session_state._state.filtered_state
        if key.startswith("choice ")
    }
    known = open_page(page, **{name.split()[0]: "x" for name in names} | {"as_of": NOW})
    assert "is not a parameter of this page" not in words_on(known)
    assert not known.exception
    assert names & set(KEPT_KEYS)


def test_no_widget_is_bound_to_the_link(demo_warehouse: Warehouse):
    """A bound widget writes its labels, and drops what it does not offer without a word."""
    seen = 0
    for place in PAGES:
        app = open_page(place.file, as_of=NOW)
        kinds = ("selectbox", "multiselect", "text_input", "toggle", "date_input", "time_input")
        for kind in kinds:
            for widget in getattr(app, kind):
                assert not widget.proto.query_param_key, (place.file, widget.key)
                seen += 1
    assert seen > 20


def test_kiosk_has_neither_bar_nor_pages(demo_warehouse: Warehouse):
    app = open_page("control_room", as_of=NOW, wall="1", topic="billing")
    assert not app.get("page_link")
    assert not app.get("popover")
