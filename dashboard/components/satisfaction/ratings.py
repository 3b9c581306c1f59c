"""The ratings themselves: how many of each, and CSAT by who handled the episode."""

import streamlit as st

from dashboard.charts.breakdown import breakdown_figure
from dashboard.charts.distribution import distribution_figure
from dashboard.charts.layout import encode_drilldown
from dashboard.components.shared.links import conversations_link
from dashboard.components.shared.page_context import PageContext
from dashboard.components.shared.panel import clickable, panel
from dashboard.components.shared.tables import say
from dashboard.metrics.formatting import (
    change_text,
    count_text,
    lower_first,
    range_text,
    value_text,
)
from dashboard.metrics.value_words import value_words
from dashboard.query.measure import questions
from dashboard.reports.satisfaction.satisfaction import (
    Difference,
    Handlers,
    by_handler,
    distribution,
)


def ask_distribution(context: PageContext, dating: str) -> dict[str, int]:
    """How many ratings of each number of stars."""
    return context.ask("distribution", lambda s: distribution(s, dating), dating)


def ask_handlers(context: PageContext, dating: str) -> Handlers:
    """Ratings by who handled the episode."""
    return context.ask("handlers", lambda s: by_handler(s, dating), dating)


def draw_distribution(context: PageContext, dating: str) -> None:
    """A bar for each rating."""
    queries = questions(["ratings"], [context.scope()], ["rating"], None, dating)
    with panel("Rating distribution", ["ratings", "csat"], queries):
        counts = ask_distribution(context, dating)
        total = sum(counts.values())
        if not total:
            st.caption("No ratings in this period.")
            return
        words = [
            f"{stars} of 5: {count_text(count, 'rating')}, {100 * count / total:.1f} % of {total:,}"
            for stars, count in counts.items()
        ]
        links = [_link(context, "ratings", dating, rating=stars) for stars in counts]
        points = [encode_drilldown(link, text) for link, text in zip(links, words, strict=True)]
        clickable(
            distribution_figure(list(counts.items()), words, points), f"distribution {dating}"
        )
        st.caption("Blue: satisfied (4 and 5). Orange: dissatisfied (1 and 2).")


def draw_handlers(context: PageContext, dating: str) -> None:
    """AI only against human and mixed."""
    queries = questions(["csat"], [context.scope()], ["handled_by"], None, dating)
    with panel("AI only, human and mixed", ["csat"], queries):
        found = ask_handlers(context, dating)
        if found.rows.empty:
            st.caption("No ratings in this period.")
            return
        if found.differences:
            say(" ".join(map(_difference_words, found.differences)))
        _draw_handlers(context, dating, found)
        st.caption(
            "Not directly comparable: humans handle what the AI could not. The dotted line is all"
            " ratings together."
        )


def _draw_handlers(context: PageContext, dating: str, found: Handlers) -> None:
    rows = found.rows.assign(
        label=[value_words("handled_by", key) for key in found.rows["handled_by"]]
    )
    words = [
        f"{row.label}: CSAT {value_text('share', row.value)}"
        f" (95 % {range_text('share', row.low, row.high)}), {count_text(int(row.n), 'rating')}"
        for row in rows.itertuples()
    ]
    points = [
        encode_drilldown(_link(context, "csat", dating, part="denominator", handled_by=key), text)
        for key, text in zip(rows["handled_by"], words, strict=True)
    ]
    rows["label"] = [f"{row.label}<br>n {int(row.n):,} " for row in rows.itertuples()]
    clickable(
        breakdown_figure(rows, "share", words, points, float(found.whole["value"])),
        f"handlers {dating}",
    )


def _difference_words(gap: Difference) -> str:
    one, other = (value_words("handled_by", key) for key in (gap.one, gap.other))
    other = lower_first(other)
    reach = range_text("share", gap.low, gap.high)
    if not gap.is_clear:
        return f"{one} vs. {other}: no significant difference ({reach})."
    return f"{one} vs. {other}: {change_text('share', gap.value)} (95 % {reach})."


def _link(
    context: PageContext, metric: str, dating: str, part: str | None = None, **inside: str
) -> str:
    asked = context.page_scope
    for dimension, value in inside.items():
        asked = asked.where(dimension, value)
    return conversations_link(asked, metric, part, "event" if dating == "event" else None)
