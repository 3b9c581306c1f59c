"""The pages: where each stands, how it is called, and what stands above it. A new page is a line here."""

from dataclasses import dataclass
from datetime import timedelta

from dashboard.reports.conversations.question import DEFAULT_LENGTH


@dataclass(frozen=True)
class PageSpec:
    """One page: `file` under `pages/`, its title, and the length of its window unless the link names one.

    `is_listed`: whether it stands in the navigation; `has_filter_bar`: whether the bar stands above it;
    `compares`: whether it measures changes against another period; `is_home`: whether it is what the bare
    address shows.
    """

    file: str
    title: str
    length: timedelta = timedelta(days=7)
    is_listed: bool = True
    has_filter_bar: bool = False
    compares: bool = True
    is_home: bool = False

    @property
    def path(self) -> str:
        """How its links begin; empty for the home page."""
        return "" if self.is_home else self.file


PAGES = (
    PageSpec(
        "control_room",
        "Control room",
        timedelta(hours=4),
        has_filter_bar=True,
        compares=False,
        is_home=True,
    ),
    PageSpec("containment", "Containment", has_filter_bar=True),
    PageSpec("escalations", "Escalations", has_filter_bar=True),
    PageSpec("satisfaction", "Satisfaction", has_filter_bar=True),
    PageSpec("api_errors", "API errors", has_filter_bar=True),
    PageSpec("conversations", "Conversations", DEFAULT_LENGTH, has_filter_bar=True, compares=False),
    PageSpec("conversation", "Conversation", is_listed=False),
    PageSpec("account", "Account", timedelta(days=90), has_filter_bar=True),
    PageSpec("definitions", "Definitions & data health"),
)

ABOUT_ONE_ACCOUNT = ("account", "conversation")
"""Pages whose `account` is what they are about, no filter that goes along to the next page."""


def find_page(path: str) -> PageSpec | None:
    """The page at that path, None where there is none."""
    return next((place for place in PAGES if place.path == path), None)


def page_for(path: str) -> PageSpec:
    """The page at that path, which is there. Raises `LookupError`."""
    place = find_page(path)
    if place is None:
        raise LookupError(f"No page has the path {path!r}.")
    return place
