"""The recipe of a new page, done to the letter, gives a page that stands in the product."""

import json

import pytest

from dashboard.query.measure import measure
from dashboard.scope import Scope
from tests.conftest import Warehouse, at
from tests.recipes import Copy, blocks

NOW = at(14, days=2)
_OPEN = """
import json
from tests.pages.app_page import open_page, words_on
app = open_page("volume", as_of="2026-03-04T14:00", topic="billing")
home = open_page("control_room", as_of="2026-03-04T14:00", topic="billing")
html = " ".join(str(piece.proto.body) for piece in app.get("html"))
links = [piece.proto for piece in home.get("page_link")]
print(json.dumps({
    "errors": [str(error.value) for error in (*app.exception, *app.error, *app.warning)],
    "words": words_on(app), "html": html,
    "navigation": [[link.label, link.query_string] for link in links],
}))
"""


@pytest.fixture(scope="module")
def drawn(demo_warehouse: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> dict:
    copy = Copy(tmp_path_factory.mktemp("recipe") / "project")
    *files, (listed, line) = blocks("A new page")
    for path, code in files:
        copy.write(path, code)
    copy.insert(listed, line, '    PageSpec("containment", ')
    copy.run("-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/test_layers.py")
    return json.loads(copy.run("-c", _OPEN).splitlines()[-1])


def test_it_is_drawn_without_a_complaint(drawn: dict):
    assert drawn["errors"] == []
    assert "Volume" in drawn["words"].splitlines()


def test_its_figures_are_those_of_measure_in_the_scope_of_the_link(drawn: dict):
    scope = Scope(at(14, days=-5), NOW, NOW).where("topic", "billing")
    found = measure(["episodes"], scope, by=["channel"])
    assert len(found) > 1
    for row in found.itertuples():
        assert f"<bdi>{row.value:,.0f}</bdi>" in drawn["html"], row


def test_it_stands_in_the_navigation_with_the_scope(drawn: dict):
    query = dict(drawn["navigation"])["Volume"]
    assert "topic=billing" in query and "as_of=" in query
