"""What is drawn is in plain words: no banned phrase, and no raw key where there are words for it."""

import re
from collections.abc import Iterator

import psycopg
import pytest

from dashboard.components.shared.pages import PAGES
from dashboard.query.cache import clear_cache
from tests.conftest import Warehouse
from tests.pages.app_page import open_page
from tests.pages.plain_words import banned_in, texts_on

NOW = "2026-03-04T14:20:00Z"
_LINK = {"as_of": NOW, "window": "28d"}


@pytest.fixture(autouse=True)
def _nothing_kept() -> Iterator[None]:
    clear_cache()
    yield
    clear_cache()


def _open(page: str, warehouse: Warehouse) -> list[str]:
    link = dict(_LINK)
    if page in ("account", "conversation"):
        found = _rows(
            warehouse,
            "select account_id, conversation_id from conversations where handoff_at is not null"
            " and rating is not null order by started_at desc limit 1",
        )[0]
        link = {"as_of": NOW, "account": found[0]} | (
            {"id": found[1]} if page == "conversation" else {"window": "28d"}
        )
    app = open_page(page, **link)
    assert not app.exception
    return list(texts_on(app))


@pytest.mark.parametrize("page", [place.file for place in PAGES])
def test_a_full_page_is_in_plain_words(demo_warehouse: Warehouse, page: str):
    texts = _open(page, demo_warehouse)
    # What customers, agents and the team wrote is theirs.
    written = _written(demo_warehouse)
    own = [text for text in texts if not any(quote in text for quote in written)]
    assert len(own) > 20
    assert {text: found for text in own if (found := banned_in(text))} == {}


@pytest.mark.parametrize("page", [place.file for place in PAGES])
def test_keys_are_shown_in_words(demo_warehouse: Warehouse, page: str):
    keys = {
        value
        for column in ("topic", "channel", "handoff_reason")
        for (value,) in _rows(
            demo_warehouse,
            f"select distinct {column} from conversations where {column} like '%!_%' escape '!'",
        )
    }
    assert {"data_import", "in_app"} <= keys
    raw = re.compile(rf"\b({'|'.join(keys)})\b")
    assert [text for text in _open(page, demo_warehouse) if raw.search(text)] == []


@pytest.mark.parametrize("page", [place.file for place in PAGES])
def test_an_empty_page_is_in_plain_words(new_warehouse, page: str):
    new_warehouse("plain_empty")
    app = open_page(page, account="nope", id="nope", window="soon")
    assert not app.exception
    assert {text: found for text in texts_on(app) if (found := banned_in(text))} == {}


def _written(warehouse: Warehouse) -> set[str]:
    rows = _rows(
        warehouse,
        "select distinct left(subject, 40) from conversations where subject is not null"
        " union select distinct left(rating_comment, 40) from conversations"
        " where rating_comment is not null"
        " union select distinct left(body, 40) from messages union select title from changes",
    )
    return {row[0] for row in rows if row[0]}


def _rows(warehouse: Warehouse, statement: str) -> list[tuple]:
    with psycopg.connect(warehouse.url, options="-c search_path=support") as connection:
        return connection.execute(statement).fetchall()


def test_texts_of_every_kind_are_looked_at(demo_warehouse: Warehouse):
    texts = "\n".join(texts_on(open_page("containment", **_LINK)))
    for shown in (
        "Resolution funnel",  # a title
        "Filters",  # a button
        "vs. previous 4 weeks",  # a card
        "Excludes test, spam and outbound",  # a tooltip and a popover
        "vs. custom period",  # an option
        "Leave empty for the whole day.",  # a field's help
        "Account access",  # a figure's label
        "% of",  # a figure's hover
    ):
        assert shown in texts, shown
