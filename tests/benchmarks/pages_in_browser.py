"""How long the pages take to be painted, on the demo warehouse at its full size: `make benchmark`.

Prints the median of five visits each; `python -m tests.benchmarks` times what they ask. Nothing is
asserted: a machine that is busy with something else is no fault of the product. It fills a warehouse
of its own, in a folder that it removes again.
"""

import os
import shutil
import statistics
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from playwright.sync_api import BrowserContext, ViewportSize, sync_playwright

from dashboard.postgres.embedded import open_embedded
from dashboard.postgres.engines import dispose_engines
from dashboard.sources.demo import World, anchor_for, fill
from tests.browser.serving import Server
from tests.browser_path import browser_path

RUNS = 5
_SCREEN: ViewportSize = {"width": 1920, "height": 1080}
_PAGES = (
    # What, its address, and how many drawings its charts have (Plotly draws most in several layers).
    ("the wall", "?wall=1", 12),
    ("containment, 7 days", "containment?window=7d", 15),
    ("escalations, 7 days", "escalations?window=7d", 15),
)
HOME = Path("/tmp") / f"control-room-benchmark-{os.getpid()}"


def main() -> int:
    """Fill, then time the pages in a browser."""
    path = browser_path()
    if path is None:
        print("no Chromium: the pages were not timed")
        return 0
    os.environ["CONTROL_ROOM_HOME"] = str(HOME)
    os.environ.pop("WAREHOUSE_URL", None)
    dispose_engines()
    try:
        _fill(datetime.now(UTC))
        _time_pages(path)
    finally:
        dispose_engines()
        open_embedded(HOME).release()
        shutil.rmtree(HOME, ignore_errors=True)
    return 0


def _fill(now: datetime) -> None:
    started = time.perf_counter()
    fill(World(anchor_for(now)), now, lambda stage, share: None, replace=True)
    took = time.perf_counter() - started
    print(f"{'the demo filled, 150,000 episodes':<64} {took:8.1f} s", flush=True)


def _time_pages(path: str) -> None:
    server = Server(HOME, CONTROL_ROOM_DEMO="0")
    server.start()
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=path, args=["--no-sandbox", "--disable-gpu"]
            )
            for name, query, charts in _PAGES:
                url, known = f"{server.url}/{query}", browser.new_context(viewport=_SCREEN)
                first = [
                    _visit(browser.new_context(viewport=_SCREEN), url, charts) for _ in range(RUNS)
                ]
                again = [_visit(known, url, charts) for _ in range(RUNS + 1)][1:]
                for who, times in (("a first visit", first), ("a visit again", again)):
                    middle = statistics.median(times)
                    print(f"{f'{name}, {who}, first paint to last chart':<64} {middle:8.1f} ms")
            browser.close()
    finally:
        server.stop()


def _visit(context: BrowserContext, url: str, charts: int) -> float:
    """Milliseconds from the first paint to the last of so many drawings."""
    page = context.new_page()
    page.goto(url)
    page.locator(".main-svg").nth(charts - 1).wait_for(state="attached", timeout=60_000)
    drawn = page.evaluate("performance.now()")
    painted = page.evaluate("performance.getEntriesByType('paint')[0].startTime")
    page.close()
    return drawn - painted


if __name__ == "__main__":
    sys.exit(main())
