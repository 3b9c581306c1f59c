"""Handoffs by reason and topic; every cell links to its conversations."""

import streamlit as st

from dashboard.charts.heat import HeatCell, heat_figure
from dashboard.charts.layout import encode_drilldown
from dashboard.components.shared.choices import url_radio
from dashboard.components.shared.ink import ink
from dashboard.components.shared.links import conversations_link
from dashboard.components.shared.page_context import PageContext
from dashboard.components.shared.panel import clickable, panel
from dashboard.components.shared.plain_text import as_figure_text, as_line
from dashboard.components.shared.tables import say
from dashboard.metrics.formatting import count_text, lower_first
from dashboard.metrics.value_words import value_words
from dashboard.query.measure import questions
from dashboard.reports.escalations.crosstab import Crossed, Value, crosstab, residuals
from dashboard.scope_url import OpenScope

_KEY = "escalations"
_MOST_TOPICS = 12
_SHARES = {"count": "Handoffs", "topic": "% of topic", "reason": "% of reason"}
_NAMED = 2

Values = tuple[Value, ...]
"""Topics or reasons that share one row or column: one, the small ones, or all."""


def ask_reasons(context: PageContext) -> Crossed:
    """Handoffs by topic and reason."""
    return context.ask("reasons", lambda s: crosstab(_KEY, s, "topic", "reason"))


def draw_reasons(context: PageContext) -> None:
    """The panel; what the cells show is kept in the link as `cells`."""
    queries = questions([_KEY], [context.scope()], ["topic", "reason"])
    with panel("Reasons by topic", [_KEY], queries):
        found = ask_reasons(context)
        if not found.total:
            st.caption("No handoffs in this period.")
            return
        say(_sentence(found))
        shown = url_radio("cells", _SHARES)
        rows, columns = _rows(found), _columns(found)
        cells = [
            _cell(context, found, shown, (row, column), (topics, reasons))
            for row, topics in enumerate(rows)
            for column, reasons in enumerate(columns)
        ]
        names = [_broken(_reason_words(found, reasons)) for reasons in columns]
        topics = [as_figure_text(_short(_topic_words(found, topics))) for topics in rows]
        clickable(heat_figure(cells, names, topics, ink()), f"reasons {shown}")


def _rows(found: Crossed) -> list[Values]:
    rows: list[Values] = [(topic,) for topic in found.rows[:_MOST_TOPICS]]
    if others := found.rows[_MOST_TOPICS:]:
        rows.append(others)
    return [*rows, found.rows] if len(rows) > 1 else rows


def _columns(found: Crossed) -> list[Values]:
    columns: list[Values] = [(reason,) for reason in found.columns]
    return [*columns, found.columns] if len(columns) > 1 else columns


def _is_all(values: Values, everything: Values) -> bool:
    return len(everything) > 1 and values == everything


def _cell(
    context: PageContext,
    found: Crossed,
    shown: str,
    place: tuple[int, int],
    what: tuple[Values, Values],
) -> HeatCell:
    topics, reasons = what
    count = found.count(topics, reasons)
    of_topic = 100 * count / found.row_total(*topics)
    of_reason = 100 * count / found.column_total(*reasons)
    value = {"count": count, "topic": of_topic, "reason": of_reason}[shown]
    is_total = _is_all(topics, found.rows) or _is_all(reasons, found.columns)
    name = f"{_topic_words(found, topics)}, {lower_first(_reason_words(found, reasons))}"
    shares = [f"{of_topic:.1f} % of topic", f"{of_reason:.1f} % of reason"]
    if is_total:
        shares = [f"{100 * count / found.total:.1f} % of all"]
    words = [name, count_text(count, "handoff"), *shares]
    return HeatCell(
        place[1],
        place[0],
        None if is_total else value,
        f"{count:,}" if shown == "count" else f"{value:.0f} %",
        "<br>".join(map(as_figure_text, words)),
        encode_drilldown(
            conversations_link(_inside(context.page_scope, found, topics, reasons), _KEY),
            f"{name}: {', '.join(words[1:])}",
        ),
    )


def _inside(page_scope: OpenScope, found: Crossed, topics: Values, reasons: Values) -> OpenScope:
    # All of them need no filter; a link that lists them would exclude new ones.
    if not _is_all(topics, found.rows):
        page_scope = page_scope.where("topic", *topics)
    return page_scope if _is_all(reasons, found.columns) else page_scope.where("reason", *reasons)


def _sentence(found: Crossed) -> str:
    top = found.columns[:1]
    share = 100 * found.column_total(*top) / found.total
    words = f"Top reason: {lower_first(_reason_words(found, top))} ({share:.0f} %)."
    more = [
        f"{value_words('topic', cell.row)} · {lower_first(_reason_words(found, (cell.column,)))}"
        f" ({cell.count:,}, {cell.expected:,.0f} expected)"
        for cell in residuals(found)[:_NAMED]
    ]
    if more:
        words += f" More than expected from topic and reason alone: {as_line(', '.join(more))}."
    return words


def _reason_words(found: Crossed, reasons: Values) -> str:
    if _is_all(reasons, found.columns):
        return "All reasons"
    return as_line(value_words("reason", reasons[0]))


def _topic_words(found: Crossed, topics: Values) -> str:
    if _is_all(topics, found.rows):
        return "All topics"
    return (
        as_line(value_words("topic", topics[0]))
        if len(topics) == 1
        else f"{len(topics)} other topics"
    )


def _broken(words: str) -> str:
    first, _, rest = as_figure_text(words).rpartition(" ")
    return f"{first}<br>{rest}" if first else rest


def _short(words: str, most: int = 22) -> str:
    return words if len(words) <= most else f"{words[: most - 1]}…"
