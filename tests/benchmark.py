"""What things cost on the demo warehouse at its full size: `make benchmark`.

Prints the median of five runs each. Nothing is asserted: a machine that is busy with something else is
no fault of the product. It fills a warehouse of its own, in a folder that it removes again.
"""

import os
import shutil
import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from playwright.sync_api import BrowserContext, sync_playwright
from sqlalchemy import column, select

from dashboard.metrics.facts import FACTS
from dashboard.metrics.statement import rows_of
from dashboard.reports.change import headlines
from dashboard.reports.conversation import conversation
from dashboard.reports.conversations import conversations
from dashboard.reports.conversations_question import question_of_link
from dashboard.reports.culprits import culprits
from dashboard.reports.customer_timeline import customer_timeline
from dashboard.reports.wall import wall
from dashboard.scope import Scope
from dashboard.sources.demo import World, anchor_for, fill
from dashboard.warehouse.embedded import open_embedded
from dashboard.warehouse.engines import forget_engines
from dashboard.warehouse.measure import measure
from dashboard.warehouse.read import fetch
from tests.browser.serving import Server
from tests.browser_path import browser_path

RUNS = 5
_SCREEN = {"width": 1920, "height": 1080}
_PAGES = (
    # What, its address, and how many drawings its charts have (Plotly draws most in several layers).
    ("the wall", "?wall=1", 12),
    ("containment, 7 days", "containment?window=7d", 15),
    ("escalations, 7 days", "escalations?window=7d", 15),
)
HOME = Path("/tmp") / f"control-room-benchmark-{os.getpid()}"


def main() -> int:
    """Fill, then time each page's reads, then the pages in a browser."""
    os.environ["CONTROL_ROOM_HOME"] = str(HOME)
    os.environ.pop("WAREHOUSE_URL", None)
    forget_engines()
    try:
        now = datetime.now(UTC)
        _print("the demo filled, 150,000 episodes", lambda: _fill(now), "s")
        _time_reads(now)
        _time_pages()
    finally:
        forget_engines()
        open_embedded(HOME).release()
        shutil.rmtree(HOME, ignore_errors=True)
    return 0


def _fill(now: datetime) -> None:
    fill(World(anchor_for(now)), now, lambda stage, share: None, replace=True)


def _time_reads(now: datetime) -> None:
    four_hours = Scope.last(timedelta(hours=4), now)
    four_weeks = Scope.last(timedelta(weeks=4), now)
    _print("the wall's data, every tile, nothing kept", lambda: wall(four_hours))
    _print(
        "containment's headlines, 4 weeks",
        lambda: headlines(["containment_rate", "resolution_rate"], four_weeks),
    )
    _print(
        "containment by topic and day, 4 weeks",
        lambda: measure(["containment_rate"], four_weeks, by=["topic"], bucket="day"),
    )
    asked = question_of_link("window=28d", "UTC")
    _print("the list of conversations, 4 weeks", lambda: conversations(asked, now))
    searched = question_of_link("window=28d&q=invoice", "UTC")
    _print("the list, searched for a word", lambda: conversations(searched, now))
    day = Scope.last(timedelta(hours=24), now)
    silent = select(column("account_id"), column("conversation_id")).select_from(
        rows_of(FACTS["silent_failures"], day)
    )
    row = fetch(silent.limit(1))[0]
    _print(
        "one conversation with its timeline and culprits",
        lambda: _conversation(row["account_id"], row["conversation_id"], day),
    )


def _conversation(account: str, key: str, scope: Scope) -> None:
    about = conversation(account, key, scope)
    culprits(about, customer_timeline(about))


def _time_pages() -> None:
    path = browser_path()
    if path is None:
        print("no Chromium: the pages were not timed")
        return
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


def _print(label: str, act: Callable[[], object], unit: str = "ms") -> None:
    if unit == "ms":
        act()
    times = []
    for _ in range(RUNS):
        started = time.perf_counter()
        act()
        times.append(time.perf_counter() - started)
    middle = statistics.median(times) * (1000 if unit == "ms" else 1)
    print(f"{label:<64} {middle:8.1f} {unit}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
