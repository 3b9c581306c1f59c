"""The API errors page in a real browser: what is clicked leads to what is behind it, and into the link."""

import re

from playwright.sync_api import Page, expect

from tests.browser.drawing import PLOT, click_mark, wait_until_drawn
from tests.browser.serving import Server
from tests.present import present


def open_page(page: Page, server: Server, query: str = "") -> None:
    page.goto(f"{server.url}/api_errors?{query}")


def test_from_a_group_to_a_trace_to_a_span_and_back(page: Page, server: Server):
    open_page(page, server, "window=28d&find=nightly_sync")
    page.locator("table.groups a.open").first.click()
    expect(page.locator(".group-head h1")).to_contain_text("nightly_sync")
    page.get_by_role("link", name="Trace", exact=True).first.click()
    span = page.locator(".span h2")
    expect(span).to_have_text("ledger-sync · nightly_sync")
    wait_until_drawn(page)
    # The first three are the rows themselves: the job, then the two calls inside it.
    click_mark(page, page.locator(f"{PLOT} .bars .point path").nth(1))
    expect(span).to_have_text("auth-service · POST /oauth/token")
    page.reload()
    expect(span).to_have_text("auth-service · POST /oauth/token")
    page.go_back()
    expect(page.locator(".group-head h1")).to_contain_text("nightly_sync")


def test_a_bar_of_the_lags_lists_its_conversations(page: Page, server: Server):
    open_page(page, server, "window=28d")
    page.locator("table.groups a.open").first.click()
    lags = page.locator(PLOT).filter(has_text="exposed episodes").locator(".bars .point path")
    lags.first.wait_for()
    wait_until_drawn(page)
    click_mark(page, max(lags.all(), key=lambda bar: present(bar.bounding_box())["height"]))
    expect(page.locator(".exposed li a").first).to_have_attribute(
        "href", re.compile(r"^conversation\?account=")
    )


def test_search_and_choices_are_kept_in_the_link(page: Page, server: Server):
    open_page(page, server, "window=28d")
    page.get_by_placeholder("Search system, tool or message").fill("nightly")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("find=nightly"))
    page.get_by_text("By system", exact=True).click()
    expect(page).to_have_url(re.compile("lines=system"))
    page.reload()
    expect(page.locator("table.groups a.open").first).to_contain_text("nightly")
    expect(page.get_by_text("API error rate by system")).to_be_visible()
