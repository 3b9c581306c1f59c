"""Escalations and Satisfaction in the browser: every kind of mark can be clicked and leads on."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.serving import Server
from tests.present import present

WINDOW = "window=28d"


def click(page: Page, mark: Locator) -> None:
    """The plot's own layer lies above its marks and takes the click."""
    mark.scroll_into_view_if_needed()
    box = present(mark.bounding_box())
    place = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    # As a hand does it: a plot takes a click where it has seen the pointer come.
    page.mouse.move(*place)
    page.locator(".hoverlayer .hovertext").first.wait_for()
    page.mouse.click(*place)


def open_drawn(page: Page, address: str, plots: int) -> None:
    """Open a page and wait until all of it is drawn: what comes late moves what is there."""
    page.goto(address)
    expect(page.locator(".js-plotly-plot .cartesianlayer .subplot.xy")).to_have_count(
        plots, timeout=20_000
    )
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0)
    page.wait_for_timeout(300)


def lead(page: Page, words: str) -> Locator:
    return page.locator("p.cr").filter(has_text=re.compile(words)).get_by_role("link").first


@pytest.mark.parametrize(
    ("plot", "marks", "number", "words", "leads_to"),
    [
        # The band's bars come before those of the figure.
        (0, ".bars .point path", -3, r"Escalations [\d,]+, n", r"from=.*&to=.*metric=escalations"),
        (
            1,
            ".scatterlayer .points path",
            -1,
            "% (are answered within|wait longer than)",
            "sort=slowest",
        ),
        (2, ".bars .point path", 0, r"[\d,]+ handoffs?, .* of the topic", r"reason=.*&topic="),
        (
            3,
            ".bars .point path",
            34,
            "Tuesdays 10:00",
            r"from=.*T10.*&to=.*T11.*metric=escalations",
        ),
    ],
)
def test_a_mark_of_escalations(
    page: Page, server: Server, plot: int, marks: str, number: int, words: str, leads_to: str
):
    open_drawn(page, f"{server.url}/escalations?{WINDOW}", 5)
    drawn = page.locator(".js-plotly-plot").nth(plot).locator(marks)
    click(page, drawn.nth(drawn.count() + number if number < 0 else number))
    lead(page, words).click()
    page.wait_for_url(re.compile(rf"/conversations\?.*{leads_to}"))


def test_a_cell_of_the_week_offers_each_of_its_hours(page: Page, server: Server):
    open_drawn(page, f"{server.url}/escalations?{WINDOW}", 5)
    cells = page.locator(".js-plotly-plot").nth(3).locator(".bars .point path")
    expect(cells).to_have_count(168)
    click(page, cells.nth(34))
    hours = page.locator("p.cr").filter(has_text="Each of its hours")
    expect(hours.get_by_role("link")).to_have_count(4)


def test_a_bar_of_ratings_lists_as_many_as_it_says(page: Page, server: Server):
    open_drawn(page, f"{server.url}/satisfaction?{WINDOW}&dating=event", 5)
    bars = page.locator(".js-plotly-plot").nth(1).locator(".bars .point path")
    expect(bars).to_have_count(5)
    click(page, bars.nth(4))
    picked = page.locator("p.cr").filter(has_text=re.compile(r"^1 of 5: "))
    count = present(re.search(r"1 of 5: ([\d,]+)", picked.inner_text()))[1]
    picked.get_by_role("link").click()
    page.wait_for_url(re.compile(r"rating=1&.*dating=event"))
    expect(page.get_by_text(re.compile(rf"^{count} conversations?$"))).to_be_visible()
