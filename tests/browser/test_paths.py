"""The paths people take: from a figure to its conversations, to one of them, and back."""

import re
from datetime import UTC, datetime, timedelta

from playwright.sync_api import Page, expect

from dashboard.sources.demo.world import anchor_for
from tests.browser.drawing import PLOT, click_mark, wait_until_drawn
from tests.browser.serving import Server
from tests.present import present


def test_from_the_wall_to_the_list_to_a_conversation_and_back(page: Page, server: Server):
    # A day: in four hours of the night nobody may have escalated.
    page.goto(f"{server.url}/?window=24h")
    tile = page.locator("[data-tile=containment]")
    expect(tile.locator(".number")).to_have_text(re.compile(r"\d"))
    words = tile.locator(".line").first.inner_text()
    escalated = int(present(re.search(r"([\d,]+) escalated", words))[1])

    tile.click()
    page.wait_for_url(re.compile(r"/conversations\?.*metric=containment_rate"))
    # The list opens on those that were not contained, and counts as many as the tile.
    expect(page.get_by_text(re.compile(rf"\b{escalated} (?:of|escalated)"))).to_be_visible()
    rows = page.locator("table.list tbody tr")
    # The sentence stands there before the rows do.
    expect(rows).to_have_count(min(escalated, 50))

    rows.first.locator("a").first.click()
    page.wait_for_url(re.compile(r"/conversation\?account=.*&id="))
    expect(page.get_by_role("heading", name="Timeline")).to_be_visible()
    expect(page.get_by_text("Transcript").first).to_be_visible()
    page.go_back()
    page.wait_for_url(re.compile(r"/conversations\?"))
    expect(rows.first).to_be_visible()


def test_a_silent_failure_leads_to_what_failed_hours_before(page: Page, server: Server):
    # A morning after a night in which the sync failed, whatever the time is now.
    morning = anchor_for(datetime.now(UTC)) - timedelta(days=6)
    page.goto(f"{server.url}/?wall=1&as_of={morning}T11:00:00Z")
    failure = page.locator("[data-list=silent] .row").filter(has_text="nightly_sync").first
    failure.click()
    page.wait_for_url(re.compile(r"/conversation\?"))
    culprits = page.locator(".culprits")
    expect(culprits).to_contain_text("ledger-sync · nightly_sync failed at 03:")
    # Above the AI's first answer, as it happened.
    warning = page.get_by_text(re.compile(r"failed \(.*before this conversation")).first
    answer = page.get_by_text("first AI answer").last
    assert present(warning.bounding_box())["y"] < present(answer.bounding_box())["y"]


def test_previous_and_next_walk_through_the_list(page: Page, server: Server):
    page.goto(f"{server.url}/conversations?window=7d&metric=escalations")
    page.locator("table.list tbody tr a").first.click()
    page.wait_for_url(re.compile(r"/conversation\?"))
    first = page.url
    page.get_by_text("Next ›").click()
    page.wait_for_url(lambda url: url != first)
    second = page.url
    assert "from_list=" in second
    page.get_by_text("‹ Previous").click()
    page.wait_for_url(lambda url: url != second)
    expect(page.get_by_role("heading", name="Timeline")).to_be_visible()


def test_a_page_that_does_not_exist_leaves_a_way_on(page: Page, server: Server):
    page.goto(f"{server.url}/no-such-page")
    expect(page.get_by_text("Page not found")).to_be_visible()


def test_a_click_on_a_mark_leads_to_its_conversations(page: Page, server: Server):
    page.goto(f"{server.url}/containment?window=28d")
    bars = page.locator(PLOT).nth(1).locator(".bars .point")
    bars.first.wait_for()
    wait_until_drawn(page)
    click_mark(page, bars.nth(2))
    lead = page.locator("p.cr").filter(has_text=re.compile(r"Answered: [\d,]+ episodes"))
    lead.get_by_role("link").click()
    page.wait_for_url(re.compile(r"metric=answered_rate&part=numerator"))
