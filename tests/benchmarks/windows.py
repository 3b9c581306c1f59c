"""Whether the router takes the quicker way: questions over windows from facts, from rollups, by choice."""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from statistics import median

from sqlalchemy import text

from dashboard.errors import WarehouseSlow
from dashboard.postgres.read import fetch
from dashboard.query.measure import measure
from dashboard.query.read_from import Reading, sentence
from dashboard.rollups.builder import roll_up
from dashboard.scope import Scope
from tests.benchmarks.fill import Progress
from tests.benchmarks.history import Filled

DAYS = (1, 7, 28, 84)
MOST_RATIO = 1.2
FLOOR_MS = 5.0
"""By how much the choice may be slower whatever the ratio: as much as the same question differs by."""
_MOST_SECONDS = 30.0
"""Of one question's runs; whatever takes longer is run twice and no more."""
_FEWEST_RUNS = 2
_OLDEST_DAY = text("select min(starts) as starts from control_room.rollup_days")

_QUESTIONS: Mapping[str, tuple[list[str], list[str], str | None]] = {
    # What is asked: the metrics, the dimensions and the bucket, as the pages ask it.
    "totals": (["episodes", "containment_rate", "resolution_rate", "csat"], [], None),
    "by topic": (["containment_rate"], ["topic"], None),
    "trend by day": (["containment_rate"], [], "day"),
    "errors by system": (["api_error_rate", "unrecovered_error_rate"], ["system"], None),
    "latency by system": (["latency_p50", "latency_p95"], ["system"], None),
    "latency by tool": (["latency_p50", "latency_p95"], ["system", "name"], None),
    "waits": (["time_to_human_p50", "time_to_human_p90"], [], None),
    "durable": (["durable_resolution_rate_72h"], [], None),
    "silent failures": (["silent_failures"], [], None),
}


@dataclass(frozen=True)
class WindowTiming:
    """One question over one window: the milliseconds of each way's runs, and what the choice read."""

    question: str
    days: int
    runs: Mapping[Reading, list[float]]
    read_from: str

    def median(self, way: Reading) -> float:
        return median(self.runs[way])

    @property
    def ratio(self) -> float:
        """The choice over the better of the two, by the medians."""
        return self._over_the_better(median)[0]

    @property
    def is_met(self) -> bool:
        """Whether the choice keeps to the ratio by the medians, or by the quickest runs.

        Whatever else the machine does only adds time: where the choice is the way that is the better,
        the medians of both differ by chance.
        """
        ways = (self._over_the_better(median), self._over_the_better(min))
        return any(ratio <= MOST_RATIO or more <= FLOOR_MS for ratio, more in ways)

    def _over_the_better(self, of: Callable[[list[float]], float]) -> tuple[float, float]:
        better = min(of(self.runs[Reading.FACTS]), of(self.runs[Reading.ROLLUPS]))
        choice = of(self.runs[Reading.CHEAPEST])
        return choice / better, choice - better


def roll_up_windows(filled: Filled, progress: Progress) -> None:
    """Roll up the days of the longest window, which are the newest; of a long history no more is asked."""
    first = filled.ends_at - timedelta(days=max(DAYS) + 2)

    def is_enough() -> bool:
        (row,) = fetch(_OLDEST_DAY)
        return row["starts"] is not None and row["starts"] < first

    progress("Rolling up", 0.0)
    roll_up(
        thorough=False,
        progress=lambda built, total: progress("Rolling up", built / total if total else 1.0),
        stop=is_enough,
    )


def measure_windows(filled: Filled, runs: int, progress: Progress) -> list[WindowTiming]:
    """Every question over every window, the three ways in turn within each run."""
    return [
        _timed(name, days, filled, runs, progress, position / len(_QUESTIONS))
        for position, name in enumerate(_QUESTIONS)
        for days in DAYS
    ]


def _timed(
    name: str, days: int, filled: Filled, runs: int, progress: Progress, share: float
) -> WindowTiming:
    progress(f"Asking: {name}, {days} days", share)
    metrics, by, bucket = _QUESTIONS[name]
    scope = Scope.last(timedelta(days=days), filled.ends_at)
    taken: dict[Reading, list[float]] = {way: [] for way in Reading}
    begun = time.perf_counter()
    ways = list(Reading)
    told = ""
    for run in range(runs + 1):
        if run > _FEWEST_RUNS and time.perf_counter() - begun > _MOST_SECONDS:
            break
        for way in ways:
            started = time.perf_counter()
            try:
                figures = measure(metrics, scope, by, bucket, reading=way)
            except WarehouseSlow:
                # Late: it took the statement timeout at least, and would take longer still.
                figures = None
            # The first run of each warms up what it reads.
            if run:
                taken[way].append((time.perf_counter() - started) * 1000)
            if way is Reading.CHEAPEST and figures is not None:
                parts = figures.attrs["read_from"].values()
                told = sentence(source for sources in parts for source in sources)
        # Whoever comes first after another question finds the caches colder.
        ways = ways[1:] + ways[:1]
    return WindowTiming(name, days, taken, told)


def window_lines(timings: list[WindowTiming]) -> Iterator[str]:
    """The measurement, a line each, and what it comes to."""
    yield f"{'':<20}{'days':>5}{'facts ms':>11}{'rollups ms':>12}{'choice ms':>11}{'ratio':>7}"
    for timing in timings:
        mark = "" if timing.is_met else "✕ "
        yield (
            f"{timing.question:<20}{timing.days:>5}{timing.median(Reading.FACTS):>11,.1f}"
            f"{timing.median(Reading.ROLLUPS):>12,.1f}{timing.median(Reading.CHEAPEST):>11,.1f}"
            f"{mark + format(timing.ratio, '.2f'):>7}  {timing.read_from}"
        )
    missed = sum(not timing.is_met for timing in timings)
    worst = max(timing.ratio for timing in timings)
    yield (
        f"{len(timings) - missed} of {len(timings)} keep to {MOST_RATIO:g} times the better of both,"
        f" or are within {FLOOR_MS:g} ms of it; the worst is {worst:.2f} times"
    )
