"""Every source that there is: the command line and *Data health* are made from this list."""

from dashboard.sources.base import Source
from dashboard.sources.demo.source import DemoSource
from dashboard.sources.tau.source import TauSource

SOURCES: list[Source] = [
    TauSource(),
    DemoSource(),
]


def feed_of(value: str) -> tuple[str, str | None]:
    """How a value of `conversations.source` is called, and the label of the source that brings it.

    One that no source of this list brings is called as it is, by nobody.
    """
    for source in SOURCES:
        if value in source.feeds:
            return source.feeds[value], source.label
    return value, None
