"""A real server over a small demo warehouse, and a real Chromium before it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.serving import Server
from tests.browser_path import browser_path
from tests.homes import Homes

PATIENCE_MS = 60_000
"""For what takes a second on a machine that does little else; a busy one is no reason to fail."""

DEMO = ("--accounts", "200", "--days", "50", "--episodes", "8000")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "browser" in item.path.parts:
            item.add_marker("browser")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = browser_path()
    if path is None:
        message = (
            "no Chromium: sudo apt install chromium (Debian), brew install --cask chromium (macOS)"
        )
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=path,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield chromium
        chromium.close()


@contextmanager
def started(homes: Homes) -> Iterator[Server]:
    with homes.copy(*DEMO) as home:
        server = Server(home)
        server.start()
        yield server
        server.stop()


@pytest.fixture(scope="module")
def server(browser: Browser, homes: Homes) -> Iterator[Server]:
    """A server of the module's own, for tests that leave it as it is."""
    with started(homes) as own:
        yield own


@pytest.fixture
def own_server(browser: Browser, homes: Homes) -> Iterator[Server]:
    """A server of the test's own, to be frozen, killed or counted."""
    with started(homes) as own:
        yield own


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1920, "height": 1080})
    opened = context.new_page()
    opened.set_default_timeout(PATIENCE_MS)
    yield opened
    context.close()
