"""One wall in a real browser for thousands of refreshes: what it misses, and what memory does."""

import time
from dataclasses import dataclass

import psutil
from playwright.sync_api import CDPSession, Page, sync_playwright

from tests.benchmarks.soak.memory import Use, private_kib, slope, use_of
from tests.browser.serving import Server
from tests.browser_path import browser_path
from tests.present import present

_WARM_UP_SECONDS = 1200.0
"""Past the turn of a quarter of an hour, when questions take another shape and the ones before are let go."""

# Every delivery to the component sets `state.delivery`; what arrives is counted there, in the page.
_COUNT = """() => {
    const hosts = [...document.querySelectorAll('*')].filter((node) => node.shadowRoot);
    const wall = hosts.map((node) => node.shadowRoot.querySelector('.wall')).find(Boolean);
    const seen = (window.seen = { count: 0, late: 0, longest: 0, reads: 0 });
    let delivery = wall.state.delivery, last = performance.now(), clock, readAt = 0;
    Object.defineProperty(wall.state, 'delivery', { get: () => delivery, set: (value) => {
        delivery = value;
        const now = performance.now(), gap = now - last;
        last = now;
        seen.count += 1;
        seen.longest = Math.max(seen.longest, gap);
        if (gap > 1500 * window.every) seen.late += 1;
    } });
    Object.defineProperty(wall.state, 'clock', { get: () => clock, set: (value) => {
        clock = value;
        const at = Math.round(value.now_ms - 1000 * value.age);
        if (Math.abs(at - readAt) > 50) seen.reads += 1;
        readAt = at;
    } });
}"""


@dataclass(frozen=True)
class Sample:
    seconds: float
    refreshes: int
    late: int
    reads: int
    use: Use
    renderer: int
    bucket: int
    nodes: int
    listeners: int


def watch_one(server: Server, refreshes: int, every: float, pause: float) -> None:
    """Let one wall refresh so often; print a line a sample, then what was missed and what was added."""
    samples: list[Sample] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=browser_path(), args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page(viewport={"width": 1920, "height": 1080})
        page.goto(f"{server.url}/?wall=1")
        page.locator("[data-tile=containment] .main-svg").first.wait_for(timeout=60_000)
        page.evaluate(f"window.every = {every}")
        page.evaluate(_COUNT)
        session = page.context.new_cdp_session(page)
        session.send("Performance.enable")
        started = time.monotonic()
        while not samples or samples[-1].refreshes < refreshes:
            page.wait_for_timeout(1000 * min(pause, every * refreshes))
            samples.append(_sample(server, page, session, time.monotonic() - started))
            _print_sample(samples[-1])
        longest = page.evaluate("window.seen.longest")
        browser.close()
    _print_end(samples, every, longest)


def _sample(server: Server, page: Page, session: CDPSession, seconds: float) -> Sample:
    session.send("HeapProfiler.collectGarbage")
    found = {m["name"]: m["value"] for m in session.send("Performance.getMetrics")["metrics"]}
    seen = page.evaluate("window.seen")
    return Sample(
        seconds,
        seen["count"],
        seen["late"],
        seen["reads"],
        use_of(server),
        renderer=_renderers(page),
        bucket=int(found["JSHeapUsedSize"]) // 1024,
        nodes=int(found["Nodes"]),
        listeners=int(found["JSEventListeners"]),
    )


def _renderers(page: Page) -> int:
    """KiB that the page's process holds for itself: much of it is outside the script's heap."""
    session = present(page.context.browser).new_browser_cdp_session()
    found = session.send("SystemInfo.getProcessInfo")["processInfo"]
    session.detach()
    return sum(
        private_kib(psutil.Process(process["id"]))
        for process in found
        if process["type"] == "renderer"
    )


def _print_sample(sample: Sample) -> None:
    use = sample.use
    print(
        f"{sample.seconds:7.0f} s  {sample.refreshes:6,} refreshes  {sample.late:3} late  "
        f"server {use.server:7,} KiB {use.server_cpu:6.0f} s {use.threads:3} threads  "
        f"postgres {use.backends:7,} KiB {use.backend_count:2} processes {use.warehouse_cpu:5.0f} s  "
        f"renderer {sample.renderer:7,} KiB  heap {sample.bucket:6,} KiB  "
        f"{sample.nodes:5} nodes  {sample.listeners:3} listeners",
        flush=True,
    )


def _print_end(samples: list[Sample], every: float, longest: float) -> None:
    last = samples[-1]
    missed = max(int(last.seconds / every) - last.refreshes, 0)
    print(f"refreshes seen {last.refreshes:,}, with new figures {last.reads:,}, missed {missed:,}")
    print(f"later than half an interval {last.late:,}, longest gap {longest:.0f} ms")
    warm = [sample for sample in samples if sample.seconds >= _WARM_UP_SECONDS]
    if len(warm) < 3:
        print("too short for a slope: it is taken after the first twenty minutes")
        return
    at = [sample.refreshes for sample in warm]
    for name, values in {
        "server, KiB": [sample.use.server for sample in warm],
        "PostgreSQL's own, KiB": [sample.use.backends for sample in warm],
        "browser's process, KiB": [sample.renderer for sample in warm],
        "browser's heap, KiB": [sample.bucket for sample in warm],
        "DOM nodes": [sample.nodes for sample in warm],
        "listeners": [sample.listeners for sample in warm],
    }.items():
        print(f"{name:<24} {values[0]:,} to {values[-1]:,}: {slope(at, values)}")
