"""Two agent versions on the same mix of topics, with example conversations."""

import streamlit as st

from dashboard.charts.layout import encode_drilldown
from dashboard.charts.pairs import differences_figure
from dashboard.components.shared.choices import url_select
from dashboard.components.shared.links import conversations_link
from dashboard.components.shared.page_context import PageContext
from dashboard.components.shared.panel import clickable, drilldown_link, panel
from dashboard.components.shared.plain_text import as_html, as_line, as_markdown
from dashboard.metrics.formatting import change_text, range_text, value_text
from dashboard.metrics.registry import METRICS
from dashboard.metrics.value_words import value_words
from dashboard.query.measure import questions
from dashboard.reports.containment.versions import (
    Comparison,
    TopicPair,
    compare_versions,
    known_versions,
)
from dashboard.reports.shared.drivers import can_be_split

_EXAMPLES = 3


def ask_versions(context: PageContext) -> list[str]:
    """The agent versions of the window, the most used first."""
    return context.ask("versions", known_versions)


def draw_versions(context: PageContext, key: str) -> None:
    """The panel, with the two most used versions unless the link names others."""
    metric = METRICS[key]
    versions = ask_versions(context)
    queries = questions([key], [context.scope()], ["version", "topic"])
    with panel(
        "Agent versions on the same topics",
        [key],
        queries,
        "Both versions are weighted by the same topic mix, so that an easier mix gives no advantage.",
    ):
        if not can_be_split(key):
            st.caption(f"{metric.label} is not a simple rate, so it cannot be standardised.")
            return
        if len(versions) < 2:
            st.caption("Fewer than two agent versions in this period. Choose a longer window.")
            return
        first, second = _choose(versions)
        found = context.ask(
            "version comparison",
            lambda scope: compare_versions(key, scope, first, second),
            key,
            first,
            second,
        )
        if found is None:
            st.caption("The two versions have no topic in common in this period.")
            return
        st.markdown(f"**{as_markdown(_sentence(found))}**")
        _draw_topics(context, found)
        _draw_examples(context, found)


def _choose(versions: list[str]) -> tuple[str, str]:
    # Of the two most used the newer one, by name, is the one in question.
    default = sorted(versions[:2])
    left, right = st.columns(2)
    with left:
        first = url_select("v1", _default_first(default[0], versions), "From")
    with right:
        second = url_select("v2", _default_first(default[1], versions), "To")
    return first, second


def _default_first(default: str, versions: list[str]) -> dict[str, str]:
    return {version: as_line(version) for version in [default, *versions]}


def _sentence(found: Comparison) -> str:
    gap, low, high = found.difference
    (first, *_), (second, *_) = found.rates
    words = (
        f"{found.metric.label}: {found.versions[0]} {value_text('share', first)}, "
        f"{found.versions[1]} {value_text('share', second)}, {change_text('share', gap)} "
        f"(95 % {range_text('share', low, high)})"
    )
    verdict = "" if low > 0 or high < 0 else ", no significant difference"
    return (
        f"{words}{verdict}. Shared topics cover {value_text('share', found.covered)} of episodes."
    )


def _draw_topics(context: PageContext, found: Comparison) -> None:
    topics = found.topics
    words = [_pair_words(found, pair) for pair in topics]
    points = [
        encode_drilldown(_topic_link(context, found, pair, found.versions[1]), text)
        for pair, text in zip(topics, words, strict=True)
    ]
    clickable(
        differences_figure(
            [as_line(value_words("topic", pair.topic)) for pair in topics],
            [(100 * p.difference, 100 * p.low, 100 * p.high) for p in topics],
            [as_html(text) for text in words],
            points,
        ),
        f"versions {found.metric.key} {found.versions}",
    )


def _pair_words(found: Comparison, pair: TopicPair) -> str:
    rates = [
        f"{version} {100 * part / whole:.1f} % of {whole:,}"
        for version, (part, whole) in zip(found.versions, (pair.first, pair.second), strict=True)
    ]
    return f"{as_line(value_words('topic', pair.topic))}: {', '.join(rates)}"


def _topic_link(context: PageContext, found: Comparison, pair: TopicPair, version: str) -> str:
    inside = context.page_scope.where("version", version).where("topic", pair.topic)
    return conversations_link(inside, found.metric.key)


def _draw_examples(context: PageContext, found: Comparison) -> None:
    clear = [pair for pair in found.topics if pair.is_clear][:_EXAMPLES]
    if not clear:
        return
    st.markdown("**Examples from the topics that differ most**")
    for pair in clear:
        worse = found.versions[1] if pair.difference < 0 else found.versions[0]
        better = found.versions[0] if worse == found.versions[1] else found.versions[1]
        topic = as_line(value_words("topic", pair.topic))
        for version, part, fate in ((worse, "rest", "failed"), (better, "numerator", "succeeded")):
            inside = context.page_scope.where("version", version).where("topic", pair.topic)
            link = conversations_link(inside, found.metric.key, part)
            drilldown_link(link, f"{topic}: where {version} {fate}")
