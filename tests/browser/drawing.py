"""When a page is drawn, and how a mark of one of its plots is clicked."""

from playwright.sync_api import Locator, Page, expect

PLOT = ".js-plotly-plot"

# How often in a row everything that can move was found where it was a frame before.
_STILL = """() => {
    const parts = document.querySelectorAll('.stVerticalBlock, .js-plotly-plot, .main-svg');
    const places = JSON.stringify([...parts].map((part) => part.getBoundingClientRect()));
    window.stillFor = window.lastPlaces === places ? window.stillFor + 1 : 0;
    window.lastPlaces = places;
    return window.stillFor >= 12;
}"""


def wait_until_drawn(page: Page, plots: int = 0) -> None:
    """Until the page has run, every one of so many plots is drawn, and nothing moves any more.

    What comes late moves what is there, and a click would meet another mark.
    """
    drawn = page.locator(f"{PLOT} .cartesianlayer .subplot.xy")
    if plots:
        expect(drawn).to_have_count(plots)
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0)
    page.wait_for_function(_STILL, polling="raf")


def click_mark(page: Page, mark: Locator) -> None:
    """As a hand does it: a plot's own layer lies above its marks, and takes a click where it has seen
    the pointer come."""
    mark.scroll_into_view_if_needed()
    box = mark.bounding_box()
    assert box, "the mark is not on the page"
    place = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(*place)
    page.locator(".hoverlayer .hovertext").first.wait_for()
    page.mouse.click(*place)
