"""The wall's page in every state of the warehouse: it stands, says what is wrong, and goes on."""

import json
from collections.abc import Iterator

import psycopg
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.postgres.engines import dispose_engines
from dashboard.query.cache import clear_cache
from dashboard.settings import settings
from tests.conftest import Warehouse, at, conversation
from tests.pages.app_page import open_page, words_on

NOW = "2026-03-04T14:20:00Z"


@pytest.fixture(autouse=True)
def _nothing_kept() -> Iterator[None]:
    clear_cache()
    yield
    clear_cache()


def wall_of(app: AppTest) -> dict:
    """What the wall's component was given."""
    [component] = [item for item in app.main if item.type == "bidi_component"] or [
        item for item in _all(app.main) if item.type == "bidi_component"
    ]
    return json.loads(component.proto.json)


def _all(block) -> list:
    found = []
    for item in block.children.values():
        found.append(item)
        if hasattr(item, "children"):
            found += _all(item)
    return found


def test_figures_bands_and_links(demo_warehouse: Warehouse):
    content = wall_of(open_page("control_room", as_of=NOW))
    assert content["mode"] == "replay"
    assert content["notice"] is None
    tiles = content["wall"]["tiles"]
    assert set(tiles) == {
        "containment",
        "resolution",
        "csat",
        "errors",
        "escalations",
        "waiting",
        "at_risk",
    }
    for tile in tiles.values():
        assert tile["link"].startswith("conversations?")
        assert f"as_of={NOW}".replace(":", "%3A") in tile["link"]
        assert tile["definition"]
    assert content["wall"]["systems"]
    assert content["wall"]["silent"]["rows"]
    assert {row["source"] for row in content["wall"]["freshness"]} == {
        "demo-helpdesk",
        "demo-voice",
        "traces",
    }


def test_the_page_says_that_the_data_is_generated(demo_warehouse: Warehouse):
    app = open_page("control_room", as_of=NOW)
    assert "Demo data" in wall_of(app)["context"]
    assert any("Demo data" in str(item.value) for item in app.markdown)


def test_kiosk_has_the_wall_alone(demo_warehouse: Warehouse):
    app = open_page("control_room", as_of=NOW, wall="1")
    assert wall_of(app)["kiosk"] is True
    assert not app.selectbox
    assert not app.text_input


def test_filters_narrow_the_wall(demo_warehouse: Warehouse):
    everything = wall_of(open_page("control_room", as_of=NOW, window="24h"))
    billing = wall_of(open_page("control_room", as_of=NOW, window="24h", topic="billing"))

    def episodes(content: dict) -> str:
        return content["wall"]["tiles"]["containment"]["lines"][0]

    assert "Topic: Billing" in billing["context"]
    assert episodes(everything) != episodes(billing)


def test_nonsense_in_the_link_is_said(demo_warehouse: Warehouse):
    app = open_page("control_room", as_of="whenever", window="soon", topic="no such topic")
    assert "'whenever' is not a valid date or time" in words_on(app)
    assert "'soon' is not a valid duration" in words_on(app)
    assert wall_of(app)["wall"]["tiles"]["containment"]["value"] == "–"


def test_the_last_good_figures_outlive_the_warehouse(demo_warehouse: Warehouse, monkeypatch):
    from dashboard.components.wall import live

    monkeypatch.setattr(live, "_REPLAY_KEPT_SECONDS", 0.0)
    good = wall_of(open_page("control_room", as_of=NOW))
    url = settings().warehouse_url
    try:
        monkeypatch.setenv("WAREHOUSE_URL", "postgresql://nobody@127.0.0.1:1/none")
        dispose_engines()
        stale = wall_of(open_page("control_room", as_of=NOW))
    finally:
        monkeypatch.setenv("WAREHOUSE_URL", url)
        dispose_engines()
    assert stale["wall"] == good["wall"]
    assert "The warehouse is not responding. Showing figures from" in stale["notice"]


def test_a_warehouse_that_is_down_from_the_start_is_a_sentence(new_warehouse, monkeypatch):
    new_warehouse("down")
    monkeypatch.setenv("WAREHOUSE_URL", "postgresql://nobody@127.0.0.1:1/none")
    dispose_engines()
    app = open_page("control_room", wall="1")
    content = wall_of(app)
    assert content["wall"] is None
    assert "The warehouse is not responding." in content["empty"]
    assert content["age"] is None
    assert not app.exception
    monkeypatch.undo()
    dispose_engines()


def test_a_slow_warehouse_is_a_sentence(new_warehouse, monkeypatch):
    slow = new_warehouse("slow")
    monkeypatch.setenv("STATEMENT_TIMEOUT_MS", "300")
    dispose_engines()
    with psycopg.connect(slow.url) as someone_else:
        someone_else.execute("lock table support.conversations")
        content = wall_of(open_page("control_room", wall="1"))
    assert "did not answer within" in content["empty"]
    assert "shorter window" in content["empty"]
    monkeypatch.undo()
    dispose_engines()


def test_a_missing_table_is_named(new_warehouse):
    broken = new_warehouse("broken")
    broken.run("drop table spans")
    content = wall_of(open_page("control_room", wall="1"))
    assert 'relation "spans" does not exist' in content["empty"]
    assert "dashboard check" in content["empty"]


def test_an_empty_warehouse_shows_that_nothing_is_known(new_warehouse):
    new_warehouse("empty")
    content = wall_of(open_page("control_room", wall="1"))
    tiles = content["wall"]["tiles"]
    assert tiles["containment"]["value"] == "–"
    assert tiles["waiting"]["value"] == "0"
    assert tiles["waiting"]["lines"] == ["0 handoffs, last 4 hours"]
    assert content["wall"]["silent"]["rows"] == []


def test_nulls_hostile_names_and_the_future_do_no_harm(new_warehouse):
    odd = new_warehouse("odd")
    name = "<img src=x onerror=alert(1)> **bold** \u202egnp.exe"
    odd.add("accounts", [{"account_id": "a1", "name": name}])
    odd.add(
        "conversations",
        [
            conversation(1, at(1)),
            conversation(2, at(2), ended_at=at(3), topic=name, channel=name, rating=1),
            conversation(3, at(9_000), ended_at=at(9_001)),
        ],
    )
    content = wall_of(open_page("control_room", as_of="2026-03-02T04:00Z"))
    assert content["wall"]["tiles"]["csat"]["value"] == "0.0"
    assert content["wall"]["tiles"]["csat"]["lines"][0].startswith("1 rating, mean 1.00")
    # Neither episode had an AI answer or a handoff, and the third has not begun.
    assert content["wall"]["tiles"]["containment"]["lines"] == ["0 episodes, 0 escalated"]
