"""The glossary has every metric, in the registry's words, and the data's health beside it."""

from collections.abc import Iterator

import pytest

from dashboard.metrics.registry import METRICS
from dashboard.warehouse.shared import forget
from tests.pages.app_page import open_page, words_on


@pytest.fixture(autouse=True)
def _nothing_kept() -> Iterator[None]:
    forget()
    yield
    forget()


def test_every_definition_is_there(new_warehouse):
    new_warehouse("good")
    words = words_on(open_page("definitions"))
    for metric in METRICS.values():
        assert metric.formula in words
        assert f"`{metric.key}`" in words
    assert "The warehouse keeps the contract." in words


def test_a_fault_is_named(new_warehouse):
    new_warehouse("broken").run("drop table citations")
    app = open_page("definitions")
    assert "support.citations is missing" in words_on(app)
    assert not app.exception
