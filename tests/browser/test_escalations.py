"""Escalations and Satisfaction in the browser: every kind of mark can be clicked and leads on."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.drawing import PLOT, click_mark, wait_until_drawn
from tests.browser.serving import Server
from tests.present import present

WINDOW = "window=28d"


def open_drawn(page: Page, address: str, plots: int) -> None:
    page.goto(address)
    wait_until_drawn(page, plots)


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
            "% (answered within|waited longer than)",
            "sort=slowest",
        ),
        (2, ".bars .point path", 0, r"[\d,]+ handoffs?, .* of topic", r"reason=.*&topic="),
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
    drawn = page.locator(PLOT).nth(plot).locator(marks)
    click_mark(page, drawn.nth(drawn.count() + number if number < 0 else number))
    lead(page, words).click()
    page.wait_for_url(re.compile(rf"/conversations\?.*{leads_to}"))


def test_a_cell_of_the_week_offers_each_of_its_hours(page: Page, server: Server):
    open_drawn(page, f"{server.url}/escalations?{WINDOW}", 5)
    cells = page.locator(PLOT).nth(3).locator(".bars .point path")
    expect(cells).to_have_count(168)
    click_mark(page, cells.nth(34))
    hours = page.locator("p.cr").filter(has_text="Hours: ")
    expect(hours.get_by_role("link")).to_have_count(4)


def test_a_bar_of_ratings_lists_as_many_as_it_says(page: Page, server: Server):
    open_drawn(page, f"{server.url}/satisfaction?{WINDOW}&dating=event", 5)
    bars = page.locator(PLOT).nth(1).locator(".bars .point path")
    expect(bars).to_have_count(5)
    click_mark(page, bars.nth(4))
    picked = page.locator("p.cr").filter(has_text=re.compile(r"^1 of 5: "))
    count = present(re.search(r"1 of 5: ([\d,]+)", picked.inner_text()))[1]
    picked.get_by_role("link").click()
    page.wait_for_url(re.compile(r"rating=1&.*dating=event"))
    expect(page.get_by_text(re.compile(rf"^{count} conversations?$"))).to_be_visible()
