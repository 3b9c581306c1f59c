"""Every page that is measured."""

from datetime import timedelta

from dashboard.reports.wall.wall import wall
from dashboard.reports.wall.weeks import clear_weeks_cache
from tests.benchmarks.analysis import analysis_pages
from tests.benchmarks.drilling import drilling_pages
from tests.benchmarks.page import Page, Subject

_WALL = timedelta(hours=4)
_WANTED_WALL = 150.0


def pages(about: Subject) -> list[Page]:
    """The wall first, then the pages in their order."""
    scope = about.scope(_WALL)

    def first() -> None:
        clear_weeks_cache()
        wall(scope)

    whole = Page("the wall", {"wall": lambda: wall(scope)}, _WANTED_WALL)
    anew = Page("the wall, first in a quarter of an hour", {"wall": first}, None)
    return [whole, anew, *analysis_pages(about), *drilling_pages(about)]
