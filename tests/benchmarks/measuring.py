"""One whole measurement: every page, the hand-written SQL, the load rates and the sizes on disk."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from dashboard.errors import InvalidInput
from dashboard.query.parallel import run_concurrently
from tests.benchmarks.fill import Progress
from tests.benchmarks.history import Filled
from tests.benchmarks.load import Rate, load_rates
from tests.benchmarks.page import Page, subject
from tests.benchmarks.pages import pages
from tests.benchmarks.rollups import (
    RolledUp,
    raw_questions,
    roll_up_all,
    roll_up_newest,
    rolled_questions,
)
from tests.benchmarks.sizes import Size, sizes
from tests.benchmarks.timing import Ask, Timing, timed, together

_MOST_SECONDS = 60.0
"""Of one panel's runs; whatever takes longer is run twice and no more."""


@dataclass(frozen=True)
class MeasuredPage:
    """A page's runs, whole and panel by panel."""

    page: Page
    whole: Timing
    panels: tuple[Timing, ...]

    @property
    def is_met(self) -> bool | None:
        """Whether the median keeps to what is wanted; None where nothing is."""
        if self.page.wanted is None:
            return None
        return not self.whole.is_late and self.whole.p50 <= self.page.wanted


@dataclass(frozen=True)
class Measured:
    """All that was measured of one history."""

    filled: Filled
    pages: tuple[MeasuredPage, ...]
    raw: tuple[Timing, ...]
    rolled: tuple[Timing, ...]
    roll_ups: tuple[RolledUp, ...]
    rates: tuple[Rate, ...]
    sizes: tuple[Size, ...]


def measure_all(
    filled: Filled,
    runs: int,
    progress: Progress,
    only: Collection[str] = (),
    with_rollups: bool = True,
) -> Measured:
    """Measure the filled warehouse; `only` names pages, and leaves out all else.

    Without rollups, what they are made of is measured; a warehouse that has them keeps them.

    Raises `InvalidInput` and the errors of `fetch`, but for a question that PostgreSQL gave up on: that
    one is late.
    """
    roll_ups = []
    if with_rollups:
        progress("Rolling up", 0.0)
        roll_ups.append(roll_up_all())
    about = subject(filled.ends_at)
    every = pages(about)
    chosen = _chosen(every, only)
    measured = []
    for place, page in enumerate(chosen):
        progress(f"Asking: {page.name}", place / len(chosen))
        measured.append(_measured(page, runs))
    if only:
        return Measured(filled, tuple(measured), (), (), tuple(roll_ups), (), ())
    progress("Asking by hand-written SQL", 0.0)
    raw = _each(raw_questions(about), runs)
    rolled = _each(rolled_questions(about), runs) if with_rollups else ()
    if with_rollups:
        roll_ups.append(roll_up_newest())
    # Before the loads: what they take back stays on disk until the next vacuum.
    on_disk = tuple(sizes())
    progress("Loading rows", 0.0)
    return Measured(
        filled, tuple(measured), raw, rolled, tuple(roll_ups), tuple(load_rates()), on_disk
    )


def _chosen(every: list[Page], only: Collection[str]) -> list[Page]:
    unknown = set(only) - {page.name for page in every}
    if unknown:
        raise InvalidInput(
            f"No page that is measured is called {min(unknown)!r}.",
            f"There are: {', '.join(page.name for page in every)}.",
        )
    return [page for page in every if not only or page.name in only]


def _measured(page: Page, runs: int) -> MeasuredPage:
    panels = _each(page.panels, runs)
    if page.is_prefetched:
        whole = timed(page.name, lambda: _prefetching(page.panels.values()), runs, _MOST_SECONDS)
    else:
        whole = together(page.name, list(panels))
    return MeasuredPage(page, whole, panels)


def _prefetching(asked: Iterable[Ask]) -> None:
    with run_concurrently(asked) as answers:
        for answer in answers:
            answer.result()


def _each(asked: Mapping[str, Ask], runs: int) -> tuple[Timing, ...]:
    return tuple(timed(name, ask, runs, _MOST_SECONDS) for name, ask in asked.items())
