"""What drove the change: the exact split between two periods, as a waterfall and a sentence."""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

import pandas as pd
import streamlit as st

from dashboard.charts.layout import encode_drilldown
from dashboard.charts.waterfall import waterfall_figure
from dashboard.components.shared.choices import selected, url_radio
from dashboard.components.shared.links import conversations_link
from dashboard.components.shared.page_context import PageContext
from dashboard.components.shared.panel import clickable, panel
from dashboard.components.shared.plain_text import as_html, as_line, as_markdown
from dashboard.metrics.dimensions import EPISODE_DIMENSIONS
from dashboard.metrics.formatting import lower_first
from dashboard.metrics.registry import METRICS
from dashboard.metrics.value_words import value_words
from dashboard.query.measure import questions
from dashboard.reports.shared.drivers import Drivers, can_be_split, drivers, sentence
from dashboard.stats.decomposition import Contribution, Split, rounded_to_sum

_BY = {one.key: one.label for one in EPISODE_DIMENSIONS if one.is_rolled_up}
_BARS = 7


def ask_drivers(context: PageContext, key: str, by: str) -> Drivers:
    """What drove the change of one metric."""
    return context.compare("drivers", lambda s, other: drivers(key, s, other, by), key, by)


def prefetch_drivers(key: str) -> Callable[[PageContext], Drivers | None]:
    """What `draw_drivers` will ask, to begin with."""
    by = selected("split", _BY)
    return lambda context: ask_drivers(context, key, by) if can_be_split(key) else None


def draw_drivers(context: PageContext, key: str) -> None:
    """The panel; a figure that is not a share cannot be decomposed, which it says."""
    metric = METRICS[key]
    by = selected("split", _BY)
    queries = questions([key], [context.earlier(), context.scope()], [by])
    with panel(
        f"What drove {lower_first(metric.label)}",
        [key],
        queries,
        f"vs. {context.against()}. Each segment's contribution to the change, from its own rate or from its "
        "share of volume. Contributions add up to the total change.",
    ):
        if not can_be_split(key):
            st.caption(f"{metric.label} is not a simple rate, so it cannot be decomposed.")
            return
        url_radio("split", _BY, "Split by")
        found = ask_drivers(context, key, by)
        st.markdown(f"**{as_markdown(sentence(found, context.against()))}**")
        if found.split:
            _draw_waterfall(context, found, found.split)
            _draw_table(found.by, found.split)


def _draw_waterfall(context: PageContext, found: Drivers, split: Split[str | None]) -> None:
    parts = list(split.contributions)
    shown, others = parts[:_BARS], parts[_BARS:]
    totals = [part.total for part in shown]
    names = [as_line(value_words(found.by, part.segment)) for part in shown]
    points = [_mark(context, found, part) for part in shown]
    hover = [_hover(found, part) for part in shown]
    if others:
        totals.append(sum((part.total for part in others), Fraction()))
        names.append(f"{len(others)} others")
        hover.append(f"{len(others)} smaller contributions combined")
        points.append("null")
    start, end = (100 * float(Fraction(*period)) for period in (split.before, split.after))
    contributions = rounded_to_sum([100 * total for total in totals], 2)
    clickable(
        waterfall_figure(
            round(end, 2) - round(sum(contributions), 2),
            round(end, 2),
            names,
            contributions,
            hover,
            points,
            better_up=found.metric.good == "up",
        ),
        f"drivers {found.metric.key} {found.by} {round(start, 6)}",
    )


def _mark(context: PageContext, found: Drivers, part: Contribution) -> str:
    inside = replace(context.page_scope).where(found.by, part.segment)
    link = conversations_link(inside, found.metric.key)
    return encode_drilldown(link, f"{as_line(value_words(found.by, part.segment))}, current period")


def _rate(period: tuple[int, int]) -> str:
    part, whole = period
    return f"{100 * part / whole:.1f} % of {whole:,}" if whole else "none"


def _hover(found: Drivers, part: Contribution) -> str:
    return (
        f"<b>{as_html(as_line(value_words(found.by, part.segment)))}</b><br>"
        f"before {_rate(part.before)}, after {_rate(part.after)}<br>"
        f"rate {100 * float(part.rate):+.2f}, mix {100 * float(part.mix):+.2f} points"
    )


def _draw_table(by: str, split: Split[str | None]) -> None:
    parts = split.contributions
    with st.expander(f"All {len(parts)} segments"):
        st.dataframe(
            pd.DataFrame(
                {
                    _BY[by]: [value_words(by, part.segment) for part in parts],
                    "Before": [_rate(part.before) for part in parts],
                    "After": [_rate(part.after) for part in parts],
                    "Rate effect": [100 * float(part.rate) for part in parts],
                    "Mix effect": [100 * float(part.mix) for part in parts],
                    "Total": [100 * float(part.total) for part in parts],
                }
            ),
            hide_index=True,
            column_config={
                name: st.column_config.NumberColumn(format="%+.2f")
                for name in ("Rate effect", "Mix effect", "Total")
            },
        )
