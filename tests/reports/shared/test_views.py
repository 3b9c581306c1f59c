"""Views saved by name: kept, replaced only when asked, and a sentence where nothing may be written."""

from collections.abc import Iterator

import pytest
from sqlalchemy import make_url

from dashboard.errors import ViewInvalid, WriteDenied
from dashboard.postgres.engines import dispose_engines
from dashboard.reports.shared.views import delete_view, save_view, views, why_not_saved
from tests.conftest import Warehouse
from tests.present import present


@pytest.fixture(autouse=True)
def _no_views(warehouse: Warehouse) -> Iterator[None]:
    yield
    warehouse.run("delete from control_room.views")


@pytest.fixture
def reader(warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The product as a role that may read everything and write nothing."""
    warehouse.run("drop role if exists views_reader")
    warehouse.run("create role views_reader login")
    warehouse.run("grant usage on schema support, control_room to views_reader")
    warehouse.run("grant select on all tables in schema support, control_room to views_reader")
    as_reader = make_url(warehouse.url).set(username="views_reader")
    monkeypatch.setenv("WAREHOUSE_URL", as_reader.render_as_string(hide_password=False))
    dispose_engines()
    yield
    monkeypatch.undo()
    dispose_engines()
    warehouse.run("drop owned by views_reader; drop role views_reader")


def names() -> list[str]:
    return [view.name for view in views()]


def test_a_view_is_kept_by_its_name(warehouse: Warehouse):
    save_view("  Billing\n week ", "containment", "window=7d&topic=billing")
    [view] = views()
    assert (view.name, view.page, view.parameters) == (
        "Billing week",
        "containment",
        "window=7d&topic=billing",
    )
    assert views("Billing week") == [view]
    assert views("billing week") == []
    delete_view(view.key)
    assert views() == []


def test_the_same_name_is_replaced_only_when_asked(warehouse: Warehouse):
    save_view("a", "containment", "window=7d")
    with pytest.raises(ViewInvalid, match="A view “a” already exists"):
        save_view("a", "escalations", "window=4h")
    assert views()[0].page == "containment"
    save_view("a", "escalations", "window=4h", replaces=True)
    assert [(view.page, view.parameters) for view in views()] == [("escalations", "window=4h")]


@pytest.mark.parametrize("name", ["", "  \n", "\x00", "x" * 81])
def test_a_name_is_one_to_eighty_characters(warehouse: Warehouse, name: str):
    with pytest.raises(ViewInvalid):
        save_view(name, "containment", "")
    assert names() == []


def test_names_are_any_text(warehouse: Warehouse):
    for name in ("'; drop table control_room.views; --", "<b>x</b>", "ü" * 80, "%s {0}", "Äpfel"):
        save_view(name, "", "")
    assert len(names()) == 5
    assert "<b>x</b>" in names()


def test_a_warehouse_from_before_there_were_views(warehouse: Warehouse):
    warehouse.run("drop table control_room.views, control_room.migrations")
    assert views() == []
    assert why_not_saved() is None
    save_view("a", "containment", "")
    assert names() == ["a"]


def test_without_a_schema_of_its_own(warehouse: Warehouse):
    warehouse.run("drop schema control_room cascade")
    assert (views(), why_not_saved()) == ([], None)
    save_view("a", "containment", "")
    assert names() == ["a"]


def test_without_rights_to_write_there_is_a_sentence(warehouse: Warehouse, reader: None):
    assert "has no write access to this warehouse" in present(why_not_saved())
    with pytest.raises(WriteDenied, match="no write access"):
        save_view("a", "containment", "")
    with pytest.raises(WriteDenied):
        delete_view(1)
    assert views() == []


def test_who_may_not_write_still_reads(warehouse: Warehouse, request: pytest.FixtureRequest):
    save_view("a", "containment", "")
    request.getfixturevalue("reader")
    assert names() == ["a"]


def test_without_any_right_in_the_schema_there_is_nothing_to_read(
    warehouse: Warehouse, request: pytest.FixtureRequest
):
    save_view("a", "containment", "")
    request.getfixturevalue("reader")
    warehouse.run("revoke usage on schema control_room from views_reader")
    assert views() == []
    assert why_not_saved() is not None
