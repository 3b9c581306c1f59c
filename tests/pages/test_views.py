"""The Views popover: save, list, open, delete; a name in the link; and no rights to write."""

from collections.abc import Iterator
from html import unescape

import pytest
from sqlalchemy import make_url
from streamlit.testing.v1 import AppTest

from dashboard.query.cache import clear_cache
from dashboard.reports.shared.views import save_view, views
from tests.conftest import Warehouse
from tests.pages.app_page import open_page, words_on

EVIL = '<script>alert(1)</script> **x** "'


@pytest.fixture(autouse=True)
def _nothing_kept(warehouse: Warehouse) -> Iterator[None]:
    clear_cache()
    yield
    clear_cache()
    warehouse.run("delete from control_room.views")


def with_views(page: str, **link: str | list[str]) -> AppTest:
    """The page with the popover open."""
    app = open_page(page, **link)
    app.session_state["views"] = True
    return app.run()


def listed(app: AppTest) -> str:
    return unescape("\n".join(e.proto.body for e in app.get("html") if "cr view" in e.proto.body))


def test_what_the_page_shows_is_saved_whole(warehouse: Warehouse):
    app = with_views(
        "containment", window="24h", topic=["billing", "a&b=c"], shown="resolution_rate"
    )
    assert "No saved views yet." in words_on(app)
    app.text_input(key="view name").input(EVIL).run()
    app.button(key="save view").click().run()
    assert not app.exception
    assert "Saved “" in words_on(app)
    [view] = views()
    assert (view.name, view.page) == (EVIL, "containment")
    link = f"./containment?{view.parameters}"
    assert link in listed(app)
    assert "topic=billing&topic=a%26b%3Dc" in link and "shown=resolution_rate" in link
    html = "\n".join(e.proto.body for e in app.get("html"))
    assert "<script>" not in html and "&lt;script&gt;" in html
    assert not any("<script>" in str(piece.value) for piece in app.markdown if piece.allow_html)


def test_a_name_that_is_there_is_replaced_by_a_button_that_says_so(warehouse: Warehouse):
    save_view("mine", "escalations", "window=7d")
    app = with_views("containment", window="24h")
    assert app.button(key="save view").label == "Save"
    app.text_input(key="view name").input(" mine ").run()
    assert "“mine” already exists: Escalations" in words_on(app)
    assert app.button(key="save view").label == "Replace"
    app.button(key="save view").click().run()
    assert [(view.page, view.parameters) for view in views()] == [("containment", "window=24h")]


def test_a_name_that_somebody_else_took_meanwhile_is_not_overwritten(warehouse: Warehouse):
    app = with_views("containment", window="24h")
    app.text_input(key="view name").input("mine").run()
    save_view("mine", "escalations", "window=7d")
    app.button(key="save view").click().run()
    assert "A view “mine” already exists." in words_on(app)
    assert views()[0].page == "escalations"
    assert app.button(key="save view").label == "Replace"


def test_deleting_asks_first(warehouse: Warehouse):
    save_view("mine", "escalations", "window=7d")
    key = views()[0].key
    app = with_views("containment")
    app.button(key=f"delete view {key}").click().run()
    assert len(views()) == 1
    app.button(key=f"really delete view {key}").click().run()
    assert views() == []
    assert "No saved views yet." in words_on(app)


def test_a_name_in_the_link_opens_its_view(warehouse: Warehouse):
    save_view("mine", "containment", "window=24h&topic=a&topic=b&shown=resolution_rate")
    app = open_page("escalations", view="mine")
    [led] = [e.proto.body for e in app.get("html") if "Opening" in e.proto.body]
    link = "./containment?window=24h&topic=a&topic=b&shown=resolution_rate"
    assert f'href="{link}"' in unescape(led)
    assert f'window.location.replace("{link}")' in led
    # Nothing of another page is drawn meanwhile.
    assert not app.title


def test_a_saved_link_cannot_end_the_script(warehouse: Warehouse):
    save_view("bad", "containment", 'topic=</script><b>"x\\')
    app = open_page("escalations", view="bad")
    [led] = [e.proto.body for e in app.get("html") if "Opening" in e.proto.body]
    assert led.count("</script>") == 1 and "<b>" not in led


def test_a_name_that_there_is_not_is_said(warehouse: Warehouse):
    app = open_page("containment", view=EVIL)
    assert not app.exception
    assert 'There is no saved view “<script>alert(1)</script> **x** "”' in words_on(app)


def test_a_page_that_there_is_not_is_no_link(warehouse: Warehouse):
    save_view("bad", "javascript:alert(1)", "")
    app = with_views("containment")
    assert "not found" in listed(app)
    assert "javascript" not in listed(app)


def test_without_rights_to_write_everything_else_works(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
):
    from dashboard.postgres.engines import dispose_engines

    save_view("mine", "escalations", "window=7d")
    warehouse.run("drop role if exists views_nobody; create role views_nobody login")
    as_nobody = make_url(warehouse.url).set(username="views_nobody")
    monkeypatch.setenv("WAREHOUSE_WRITE_URL", as_nobody.render_as_string(hide_password=False))
    dispose_engines()
    try:
        app = with_views("containment", window="24h")
        assert not app.exception
        assert "has no write access to this warehouse" in words_on(app)
        assert "./escalations?window=7d" in listed(app)
        assert [button.key for button in app.button if "view" in str(button.key)] == []
    finally:
        monkeypatch.undo()
        dispose_engines()
        warehouse.run("drop role views_nobody")
