"""The wall in a real browser: it fills the screen, does not flicker, and comes back by itself."""

import os
import re
import signal
import time
from datetime import UTC, datetime, timedelta

from playwright.sync_api import Page, expect

from dashboard.postgres.embedded import EmbeddedWarehouse
from tests.browser.serving import REFRESH_SECONDS, Server
from tests.present import present
from tests.statement_log import StatementLog

TILES = ("containment", "resolution", "csat", "errors", "escalations", "waiting")


def open_wall(page: Page, server: Server, query: str = "wall=1") -> None:
    page.goto(f"{server.url}/?{query}")
    expect(page.locator("[data-tile=containment] .number")).to_have_text(re.compile(r"\d|–"))


def test_every_tile_has_a_figure_and_leads_to_its_conversations(page: Page, server: Server):
    open_wall(page, server)
    for tile in TILES:
        tile_on_page = page.locator(f"[data-tile={tile}]")
        expect(tile_on_page.locator(".number")).not_to_be_empty()
        href = present(tile_on_page.get_attribute("href"))
        assert href.startswith("./conversations?metric=") or "metric=" in href
    for part in ("systems", "at_risk", "silent", "freshness"):
        expect(page.locator(f"[data-list={part}] .label")).to_be_visible()


def test_the_kiosk_form_has_no_chrome_and_no_scroll(page: Page, server: Server):
    for width, height in ((1920, 1080), (3840, 2160), (1440, 900)):
        page.set_viewport_size({"width": width, "height": height})
        open_wall(page, server)
        expect(page.get_by_test_id("stHeader")).to_be_hidden()
        box = present(page.locator(".wall").bounding_box())
        assert (box["x"], box["y"], box["width"], box["height"]) == (0, 0, width, height)
        for tile in TILES:
            inner = present(page.locator(f"[data-tile={tile}]").bounding_box())
            assert inner["y"] + inner["height"] <= height


def test_a_refresh_changes_nodes_in_place(page: Page, server: Server):
    open_wall(page, server)
    page.locator("[data-tile=containment] .chart .main-svg").first.wait_for()
    # Marks that only these very nodes carry, and a count of what is added or taken away.
    page.evaluate("""() => {
        const hosts = [...document.querySelectorAll('*')].filter((node) => node.shadowRoot);
        const root = hosts.map((node) => node.shadowRoot).find((r) => r.querySelector('.wall'));
        window.kept = [...root.querySelectorAll('.tile, .chart, .main-svg, .number')];
        window.removed = 0;
        new MutationObserver((changes) => changes.forEach((change) =>
            change.removedNodes.forEach((node) => { if (window.kept.includes(node)) window.removed += 1; })
        )).observe(root, {childList: true, subtree: true});
    }""")
    before = page.locator(".wall .age").inner_text()
    page.wait_for_timeout(3 * REFRESH_SECONDS * 1000 + 500)
    assert page.evaluate("window.kept.every((node) => node.isConnected)")
    assert page.evaluate("window.removed") == 0
    assert "old" in before


def test_a_refresh_leaves_nothing_behind_in_the_browser(page: Page, server: Server):
    open_wall(page, server)
    page.wait_for_timeout(4 * REFRESH_SECONDS * 1000)
    entries = (
        """() => ["mark", "measure"].flatMap((type) => performance.getEntriesByType(type)).length"""
    )
    # Two marks and a measure of the newest refresh, and what is under way.
    assert page.evaluate(entries) <= 5


def test_the_age_clock_ticks_while_the_server_is_frozen(page: Page, server: Server):
    open_wall(page, server)
    page.wait_for_timeout(1000)
    os.kill(server.process.pid, signal.SIGSTOP)
    try:
        page.wait_for_timeout(33_000)
        expect(page.locator(".wall .notice")).to_contain_text("Nothing new has arrived for")
        expect(page.locator(".wall")).to_have_attribute("data-stale", "true")
    finally:
        os.kill(server.process.pid, signal.SIGCONT)
    expect(page.locator(".wall")).to_have_attribute("data-stale", "false", timeout=30_000)
    expect(page.locator(".wall .notice")).to_be_hidden()


def test_replay_shows_an_instant_and_plays_on(page: Page, server: Server):
    instant = datetime.now(UTC) - timedelta(days=2)
    open_wall(page, server, f"wall=1&as_of={instant:%Y-%m-%dT%H:%M}")
    expect(page.locator(".wall")).to_have_attribute("data-mode", "replay")
    expect(page.locator(".wall .context")).to_contain_text("Replay")
    shown = page.locator(".wall .now")
    expect(shown).to_contain_text(f"{instant:%H:%M}")
    page.locator(".wall .play").click()
    expect(shown).not_to_contain_text(f"{instant:%H:%M}", timeout=15_000)
    page.locator(".wall .play").click()
    page.wait_for_timeout(3000)
    stood = shown.inner_text()
    page.wait_for_timeout(2 * REFRESH_SECONDS * 1000)
    assert shown.inner_text() == stood
    page.locator(".wall .golive").click()
    expect(page.locator(".wall")).to_have_attribute("data-mode", "live")


def test_nonsense_in_the_link_is_said_and_the_wall_still_stands(page: Page, server: Server):
    page.goto(f"{server.url}/?as_of=yesterdayish&window=soon&topic=no-such-topic")
    expect(page.get_by_text("'yesterdayish' is no date or time")).to_be_visible()
    expect(page.get_by_text("'soon' is no length of time")).to_be_visible()
    expect(page.locator("[data-tile=containment] .number")).to_have_text("–")


def test_the_wall_outlives_the_warehouse(page: Page, server: Server):
    open_wall(page, server)
    figure = page.locator("[data-tile=containment] .number").inner_text()
    folder = server.home / "postgresql"
    number = int((folder / "postmaster.pid").read_text().split("\n")[0])
    os.kill(number, signal.SIGKILL)
    # The launcher starts it again; until then the last figures stay, with their age.
    expect(page.locator("[data-tile=containment] .number")).not_to_have_text("")
    page.wait_for_timeout(8000)
    expect(page.locator(".wall .notice")).to_be_hidden(timeout=30_000)
    expect(page.locator(".wall")).to_have_attribute("data-stale", "false", timeout=30_000)
    assert page.locator("[data-tile=containment] .number").inner_text()
    assert figure


def test_the_wall_outlives_the_server(page: Page, server: Server):
    open_wall(page, server)
    server.kill()
    page.wait_for_timeout(3000)
    expect(page.locator("[data-tile=containment] .number")).not_to_have_text("")
    server.start()
    expect(page.locator(".wall")).to_have_attribute("data-stale", "false", timeout=40_000)
    expect(page.locator(".wall .age")).to_have_text(re.compile(r"figures \d s old"), timeout=40_000)


def test_ten_walls_cost_one_set_of_queries_an_interval(page: Page, server: Server):
    walls = [page, *(page.context.new_page() for _ in range(9))]
    for wall in walls:
        open_wall(wall, server)
    page.wait_for_timeout(3 * REFRESH_SECONDS * 1000)
    warehouse = EmbeddedWarehouse(server.home)
    with StatementLog(warehouse) as log:
        page.wait_for_timeout(500)
        log.begin()
        started = time.monotonic()
        page.wait_for_timeout(10 * REFRESH_SECONDS * 1000)
        sets = log.sets
        intervals = (time.monotonic() - started) / REFRESH_SECONDS
    assert 3 <= sets <= intervals / 0.9 + 1
