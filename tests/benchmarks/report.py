"""A measurement as text and as data."""

from collections.abc import Iterator
from typing import Any

from tests.benchmarks.load import Rate
from tests.benchmarks.measuring import Measured, MeasuredPage
from tests.benchmarks.rollups import RolledUp
from tests.benchmarks.sizes import Size
from tests.benchmarks.timing import Timing

_HEAD = f"{'':<46}{'p50 ms':>10}{'p95 ms':>10}{'wanted':>9}{'statements':>12}{'rows':>8}"


def printed_lines(measured: Measured, panels: bool, indexes: bool) -> Iterator[str]:
    """The measurement, a line each; `panels` and `indexes` add what is left out else."""
    yield from _filled_lines(measured)
    yield from ("", _HEAD)
    for page in measured.pages:
        yield _line(page.whole, _wanted(page))
        if panels and len(page.panels) > 1:
            yield from (_line(panel, indent=2) for panel in page.panels)
    if measured.raw:
        yield from ("", "Over eight weeks of rows by hand-written SQL")
        yield from map(_line, measured.raw)
    if measured.rolled:
        yield from ("", "The same from rollups")
        yield from map(_line, measured.rolled)
    if measured.roll_ups:
        yield from ("", "Rolling up")
        yield from map(_rolled_line, measured.roll_ups)
    if measured.rates:
        yield from ("", "Loading, with every index in place")
        yield from map(_rate_line, measured.rates)
    if indexes and measured.sizes:
        yield from ("", f"{'On disk':<46}{'MB':>10}{'bytes an episode':>19}")
        episodes = measured.filled.history.episodes
        yield from (_size_line(size, episodes) for size in measured.sizes)


def _filled_lines(measured: Measured) -> Iterator[str]:
    filled, history = measured.filled, measured.filled.history
    yield (
        f"{history.episodes:,} episodes of {history.accounts:,} accounts in {history.weeks:g} weeks,"
        f" asked as of {filled.ends_at:%Y-%m-%d %H:%M} UTC"
    )
    yield (
        f"filled: {filled.rows:,} rows in {filled.seconds:,.0f} s, indexes included,"
        f" {filled.rows / filled.seconds:,.0f} rows/s"
    )


def _line(timing: Timing, wanted: str = "", indent: int = 0) -> str:
    late = ">" if timing.is_late else ""
    name = f"{' ' * indent}{timing.what}"
    p50, p95 = f"{late}{timing.p50:,.1f}", f"{late}{timing.p95:,.1f}"
    return f"{name:<46}{p50:>10}{p95:>10}{wanted:>9}{timing.statements:>12,}{timing.rows:>8,}"


def _wanted(page: MeasuredPage) -> str:
    if page.page.wanted is None:
        return ""
    return f"{'' if page.is_met else '✕ '}{page.page.wanted:,.0f}"


def _rate_line(rate: Rate) -> str:
    return f"{rate.what:<46}{rate.per_second:>10,.0f} rows/s"


def _rolled_line(run: RolledUp) -> str:
    return f"{run.what:<46}{run.seconds:>10,.2f} s, {run.days:,} days of sums"


def _size_line(size: Size, episodes: int) -> str:
    name = f"  {size.index}" if size.index else size.table
    return f"{name:<46}{size.bytes / 1e6:>10,.1f}{size.bytes / episodes:>19,.1f}"


def as_data(measured: Measured) -> dict[str, Any]:
    """The same, whole, for a machine: milliseconds, rows a second, bytes."""
    filled, history = measured.filled, measured.filled.history
    return {
        "history": {
            "episodes": history.episodes,
            "weeks": history.weeks,
            "accounts": history.accounts,
            "transcripts": history.transcripts,
            "ends_at": filled.ends_at.isoformat(),
        },
        "fill": {"rows": filled.rows, "seconds": filled.seconds},
        "pages": [
            {
                **_timing_data(page.whole),
                "wanted_ms": page.page.wanted,
                "is_met": page.is_met,
                "panels": [_timing_data(panel) for panel in page.panels],
            }
            for page in measured.pages
        ],
        "raw": [_timing_data(timing) for timing in measured.raw],
        "rolled": [_timing_data(timing) for timing in measured.rolled],
        "roll_ups": [
            {"what": run.what, "days": run.days, "seconds": run.seconds}
            for run in measured.roll_ups
        ],
        "load": [
            {"what": rate.what, "rows": rate.rows, "rows_per_second": rate.per_second}
            for rate in measured.rates
        ],
        "sizes": [
            {"table": size.table, "index": size.index, "bytes": size.bytes}
            for size in measured.sizes
        ],
    }


def _timing_data(timing: Timing) -> dict[str, Any]:
    return {
        "what": timing.what,
        "p50_ms": timing.p50,
        "p95_ms": timing.p95,
        "runs": len(timing.seconds),
        "is_late": timing.is_late,
        "statements": timing.statements,
        "rows": timing.rows,
    }
