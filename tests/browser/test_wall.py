"""The wall in a real browser: it fills the screen, does not flicker, and comes back by itself."""

import fcntl
import os
import re
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from dashboard.postgres.embedded import EmbeddedWarehouse
from tests.browser.serving import REFRESH_SECONDS, Server
from tests.present import present
from tests.statement_log import StatementLog
from tests.waiting import wait_until
from tests.walls import Walls

LEADS_TO = {
    "containment": "containment_rate",
    "resolution": "resolution_rate",
    "csat": "csat",
    "errors": "api_error_rate",
    "escalations": "escalations",
    "waiting": "open_handoffs",
}
"""Tile → the metric whose conversations it lists."""


def open_wall(page: Page, server: Server, query: str = "wall=1") -> None:
    page.goto(f"{server.url}/?{query}")
    expect(figure_of(page)).to_have_text(re.compile(r"\d|–"))


def figure_of(page: Page, tile: str = "containment") -> Locator:
    return page.locator(f"[data-tile={tile}] .number")


def figures_on(page: Page) -> dict[str, str]:
    """Tile → its figure; each has one."""
    figures = {tile: figure_of(page, tile).inner_text() for tile in LEADS_TO}
    assert all(re.search(r"\d|–", figure) for figure in figures.values()), figures
    return figures


def wait_for_refreshes(page: Page, count: int) -> None:
    """Until so many refreshes have reached the page, as the wall keeps account of them."""
    wall = page.locator(".wall")
    seen = {wall.evaluate("wall => wall.state.delivery")}

    def enough() -> bool:
        seen.add(wall.evaluate("wall => wall.state.delivery"))
        return len(seen) > count

    wait_until(enough, 20 + 5 * count * REFRESH_SECONDS, "the wall does not refresh")


def asked_at(page: Page) -> float:
    """When the figures on the wall were asked for, in seconds since 1970."""
    wall = page.locator(".wall")
    return wall.evaluate("wall => wall.state.clock.now_ms / 1000 - wall.state.clock.age")


def wait_for_figures_since(page: Page, moment: float) -> None:
    wait_until(lambda: asked_at(page) > moment, 40, "the wall has no new figures")
    expect(page.locator(".wall")).to_have_attribute("data-stale", "false")
    expect(page.locator(".wall .notice")).to_be_hidden()
    expect(figure_of(page)).to_have_text(re.compile(r"\d"))


def test_every_tile_has_a_figure_and_leads_to_its_conversations(page: Page, server: Server):
    open_wall(page, server)
    for tile, metric in LEADS_TO.items():
        expect(figure_of(page, tile)).not_to_be_empty()
        expect(page.locator(f"[data-tile={tile}]")).to_have_attribute(
            "href", re.compile(rf"^\./conversations\?(.*&)?metric={metric}(&|$)")
        )
    for part in ("systems", "at_risk", "silent", "freshness"):
        expect(page.locator(f"[data-list={part}] .label")).to_be_visible()


def test_the_kiosk_form_has_no_chrome_and_no_scroll(page: Page, server: Server):
    for width, height in ((1920, 1080), (3840, 2160), (1440, 900)):
        page.set_viewport_size({"width": width, "height": height})
        open_wall(page, server)
        expect(page.get_by_test_id("stHeader")).to_be_hidden()
        box = present(page.locator(".wall").bounding_box())
        assert (box["x"], box["y"], box["width"], box["height"]) == (0, 0, width, height)
        for tile in LEADS_TO:
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
    wait_for_refreshes(page, 3)
    assert page.evaluate("window.kept.length") > 30
    assert page.evaluate("window.kept.every((node) => node.isConnected)")
    assert page.evaluate("window.removed") == 0


def test_a_refresh_leaves_nothing_behind_in_the_browser(page: Page, server: Server):
    open_wall(page, server)
    wait_for_refreshes(page, 4)
    entries = (
        """() => ["mark", "measure"].flatMap((type) => performance.getEntriesByType(type)).length"""
    )
    # Two marks and a measure of the newest refresh, and what is under way.
    assert page.evaluate(entries) <= 5


def test_the_age_clock_ticks_while_the_server_is_frozen(page: Page, own_server: Server):
    open_wall(page, own_server)
    expect(page.locator(".wall")).to_have_attribute("data-stale", "false")
    os.kill(own_server.process.pid, signal.SIGSTOP)
    try:
        # Half a minute after the last refresh.
        expect(page.locator(".wall .notice")).to_contain_text("No updates for", timeout=45_000)
        expect(page.locator(".wall")).to_have_attribute("data-stale", "true")
    finally:
        os.kill(own_server.process.pid, signal.SIGCONT)
    wait_for_figures_since(page, time.time())


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
    expect(page.locator(".wall .play")).to_contain_text("Play")
    stood = shown.inner_text()
    wait_for_refreshes(page, 2)
    assert shown.inner_text() == stood
    page.locator(".wall .golive").click()
    expect(page.locator(".wall")).to_have_attribute("data-mode", "live")


def test_nonsense_in_the_link_is_said_and_the_wall_still_stands(page: Page, server: Server):
    page.goto(f"{server.url}/?as_of=yesterdayish&window=soon&topic=no-such-topic")
    expect(page.get_by_text("'yesterdayish' is not a valid date or time")).to_be_visible()
    expect(page.get_by_text("'soon' is not a valid duration")).to_be_visible()
    expect(page.locator("[data-tile=containment] .number")).to_have_text("–")


@contextmanager
def nobody_starts_it(home: Path) -> Iterator[None]:
    """Whoever would start the warehouse waits until the block ends."""
    with open(home / "start.lock", "rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def test_the_wall_outlives_the_warehouse(page: Page, own_server: Server):
    open_wall(page, own_server)
    warehouse = EmbeddedWarehouse(own_server.home)
    number = int((warehouse.data / "postmaster.pid").read_text().split("\n")[0])
    with nobody_starts_it(own_server.home):
        os.kill(number, signal.SIGKILL)
        killed = time.time()
        expect(page.locator(".wall .notice")).to_contain_text(
            "The warehouse is not responding. Showing figures from", timeout=30_000
        )
        figures, last = figures_on(page), asked_at(page)
        assert last < killed + REFRESH_SECONDS
        # They stay, and with them the moment that they are from.
        wait_for_refreshes(page, 2)
        assert figures_on(page) == figures
        assert asked_at(page) == pytest.approx(last, abs=0.1)
    # The launcher starts it again.
    wait_for_figures_since(page, time.time())


def test_the_wall_outlives_the_server(page: Page, own_server: Server):
    open_wall(page, own_server)
    own_server.kill()
    killed = time.time()
    expect(page.get_by_test_id("stApp")).not_to_have_attribute(
        "data-test-connection-state", "CONNECTED"
    )
    assert figures_on(page)
    assert asked_at(page) < killed
    own_server.start()
    wait_for_figures_since(page, killed)
    expect(page.locator(".wall .age")).to_have_text(re.compile(r"updated \d s ago"))


def test_ten_walls_cost_one_set_of_queries_an_interval(page: Page, own_server: Server):
    open_wall(page, own_server)
    log = StatementLog(EmbeddedWarehouse(own_server.home))
    with Walls(own_server, 9) as others, log:
        # Nobody's first figures are counted.
        others.wait_until(lambda wall: len(wall.deliveries) > 2, 60, "a wall does not refresh")
        wait_until(lambda: log.sets, 20, "nothing is logged")
        before = [len(wall.deliveries) for wall in others.walls]
        log.begin()
        started = time.monotonic()
        wait_for_refreshes(page, 8)
        sets = log.sets
        intervals = (time.monotonic() - started) / REFRESH_SECONDS
        came = [len(wall.deliveries) for wall in others.walls]
    assert all(now > then + 3 for then, now in zip(before, came, strict=True))
    assert 3 <= sets <= intervals / 0.9 + 1
