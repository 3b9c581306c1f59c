"""Every page that is measured."""

from datetime import timedelta

from dashboard.bench.analysis import analysis_pages
from dashboard.bench.drilling import drilling_pages
from dashboard.bench.page import Page, Subject
from dashboard.reports.wall import wall
from dashboard.reports.weeks import forget_weeks

_WALL = timedelta(hours=4)
_WANTED_WALL = 150.0


def pages(about: Subject) -> list[Page]:
    """The wall first, then the pages in their order."""
    scope = about.scope(_WALL)

    def first() -> None:
        forget_weeks()
        wall(scope)

    whole = Page("the wall", {"wall": lambda: wall(scope)}, _WANTED_WALL)
    anew = Page("the wall, first in a quarter of an hour", {"wall": first}, None)
    return [whole, anew, *analysis_pages(about), *drilling_pages(about)]
