"""What drove a change: its exact split into mix and rate, by any dimension, in words as well."""

from dataclasses import dataclass
from fractions import Fraction

import pandas as pd

from dashboard.metrics.formatting import value_text
from dashboard.metrics.kinds import Share
from dashboard.metrics.metric import Metric
from dashboard.metrics.registry import find_metric
from dashboard.metrics.value_words import value_words
from dashboard.query.measure import measure
from dashboard.reports.shared.change import Headline, headlines
from dashboard.scope import Scope
from dashboard.stats.decomposition import Contribution, Split, split_change


@dataclass(frozen=True)
class Drivers:
    """The split of one metric's change; `split` is None where a period has no data.

    Segments are values of the dimension `by`, None for unknown. `headline` says whether the whole
    change is more than noise.
    """

    metric: Metric
    by: str
    split: Split[str | None] | None
    headline: Headline


def can_be_split(key: str) -> bool:
    """Only a share is a weighted mean of its segments' shares."""
    return isinstance(find_metric(key).kind, Share)


def drivers(
    key: str, after: Scope, before: Scope, by: str, headline: Headline | None = None
) -> Drivers:
    """Split the change of the share `key` from `before` to `after` by the dimension `by`.

    `headline`: of the same two scopes, where it has been measured already.
    """
    figures = measure([key], [before, after], by=[by])
    periods = [_parts(figures[figures["frame"] == frame], by) for frame in (0, 1)]
    headline = headline or headlines([key], after, other=before)[key]
    return Drivers(find_metric(key), by, split_change(*periods), headline)


def _parts(rows: pd.DataFrame, by: str) -> dict[str | None, tuple[int, int]]:
    return {
        segment: (int(part), int(whole))
        for segment, part, whole in zip(
            rows[by], rows["numerator"], rows["denominator"], strict=True
        )
    }


def sentence(found: Drivers, against: str) -> str:
    """One sentence: how far it moved, from what to what, and what moved it most.

    `against`: the earlier period in words.
    """
    split, metric = found.split, found.metric
    if split is None:
        return (
            f"{metric.label} cannot be compared with {against}: one of the two periods has no data."
        )
    start, end = (value_text("share", float(Fraction(*p))) for p in (split.before, split.after))
    if found.headline.state == "same":
        return (
            f"{metric.label} went from {start} to {end} vs. {against}, a change of "
            f"{_points(split.change)} that is not significant."
        )
    verb = "rose" if split.change > 0 else "fell"
    gap = _points(abs(split.change), signed=False)
    words = f"{metric.label} {verb} {gap} ({start} to {end}) vs. {against}"
    pushing = [part for part in split.contributions if part.total * split.change > 0]
    named = [_pushed(found.by, part) for part in pushing[:2]]
    if named:
        words += f", mostly {' and '.join(named)}"
    sides = f"{_points(split.rate)} from rates, {_points(split.mix)} from mix"
    return f"{words}. In total {sides}."


def _pushed(by: str, part: Contribution[str | None]) -> str:
    why = "its rate" if abs(part.rate) >= abs(part.mix) else "its share of volume"
    return f"{value_words(by, part.segment)} ({_points(part.total)}, {why})"


def _points(change: Fraction, signed: bool = True) -> str:
    amount = f"{100 * abs(float(change)):.1f} points"
    if not signed:
        return amount
    return f"{'+' if change > 0 else '−' if change < 0 else '±'}{amount}"
