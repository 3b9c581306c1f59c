"""The filter bar in a real browser: what is chosen stays in the address, from page to page and back."""

import re
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Locator, Page, expect

from tests.browser.drawing import wait_until_drawn
from tests.browser.serving import Server
from tests.present import present


def go_to(page: Page, title: str) -> None:
    page.locator(".st-key-navigation").get_by_role("link", name=title, exact=True).click()


def window_of(page: Page) -> Locator:
    return page.get_by_role("combobox", name="Window")


def scope_of(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


def test_the_scope_is_kept_across_pages_and_own_picks_stay_behind(page: Page, server: Server):
    scope = {"window": ["28d"], "against": ["1w"], "tz": ["Europe/Berlin"], "topic": ["billing"]}
    page.goto(f"{server.url}/api_errors?window=28d&against=1w&tz=Europe/Berlin&topic=billing")
    page.locator("table.groups a.open").first.click()
    page.wait_for_url(re.compile("group="))
    expect(page.locator(".group-head h1")).to_be_visible()

    go_to(page, "Escalations")
    expect(page.get_by_role("heading", name="Escalations", exact=True)).to_be_visible()
    assert scope_of(page) == scope | {"window": ["4w"]}
    scope = scope_of(page)
    # By a page that has no bar, and by one that is about one account.
    go_to(page, "Definitions & data health")
    expect(page.get_by_role("heading", name="Definitions & data health")).to_be_visible()
    assert scope_of(page) == scope
    go_to(page, "Account")
    expect(page.get_by_text("Not applied on this page, kept in the link: topic")).to_be_visible()
    go_to(page, "API errors")
    expect(page.locator("table.groups a.open").first).to_be_visible()
    assert scope_of(page) == scope
    expect(window_of(page)).to_have_value("Last 4 weeks")

    # One step back is one page back.
    page.go_back()
    page.wait_for_url(re.compile(r"/account\?"))
    page.go_back()
    page.wait_for_url(re.compile(r"/definitions\?"))
    assert scope_of(page) == scope


def test_what_is_chosen_is_in_the_address_and_back_takes_it_out(page: Page, server: Server):
    page.goto(f"{server.url}/containment")
    expect(page.locator(".card").first).to_contain_text("vs. previous 7 days")
    page.get_by_role("combobox", name="Compare").click()
    page.get_by_role("option", name="vs. same days earlier").click()
    page.wait_for_url(re.compile("against=1w"))
    expect(page.locator(".card").first).to_contain_text("vs. same days a week earlier")
    page.go_back()
    expect(page.locator(".card").first).to_contain_text("vs. previous 7 days")
    expect(page.get_by_role("combobox", name="Compare")).to_have_value("vs. previous period")


def test_a_view_by_name_opens_its_page_for_whoever_has_the_name(page: Page, server: Server):
    page.goto(f"{server.url}/escalations?window=24h&topic=billing&cells=topic")
    page.get_by_role("button", name="Views").click()
    name = page.get_by_label("Save this view as")
    name.fill("Billing <day>")
    name.press("Enter")
    page.get_by_role("button", name="Save", exact=True).click()
    saved = page.get_by_role("link", name="Billing <day>")
    expect(saved).to_be_visible()
    address = saved.get_attribute("href")
    page.goto(f"{server.url}/definitions")
    page.goto(f"{server.url}/?view=Billing <day>")
    page.wait_for_url(re.compile(r"/escalations\?"))
    assert scope_of(page) == {"window": ["24h"], "topic": ["billing"], "cells": ["topic"]}
    page.go_back()
    page.wait_for_url(re.compile(r"/definitions$"))
    page.goto(f"{server.url}/{address}")
    expect(window_of(page)).to_have_value("Last 24 hours")
    expect(page.get_by_role("button", name="Filters · 1")).to_be_visible()


def test_the_bar_is_one_line_on_a_laptop_and_within_a_phone(page: Page, server: Server):
    for width, most in ((1440, 60), (390, 220)):
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(f"{server.url}/containment?topic=billing")
        bar = page.locator(".st-key-filter_bar")
        expect(bar.get_by_role("button", name="Views")).to_be_visible()
        wait_until_drawn(page)
        assert present(bar.bounding_box())["height"] <= most, width
        controls = bar.locator("> div")
        assert controls.count() == 6
        for control in controls.all():
            box = present(control.bounding_box())
            assert box["x"] >= 0 and box["x"] + box["width"] <= width, width
        assert page.evaluate("document.documentElement.scrollWidth") <= width
