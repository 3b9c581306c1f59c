"""The scope that the page's link names, and a warning for every part of it that is ignored."""

from collections.abc import Iterable

import streamlit as st

from dashboard.components.shared.pages import PageSpec
from dashboard.components.shared.plain_text import as_markdown
from dashboard.metrics.dimensions import LABELS
from dashboard.metrics.value_words import value_words
from dashboard.scope import Filters
from dashboard.scope_url import EPISODE_FILTERS, OpenScope, read_open_scope
from dashboard.settings import settings


def open_scope_of_page(
    here: PageSpec,
    own: Iterable[str],
    known_filters: tuple[str, ...] = EPISODE_FILTERS,
) -> OpenScope:
    """The scope that the link names. Invalid parts are ignored, and filters that this page cannot
    apply are kept for the next one, both with a line about it.

    `here`: the page; `own`: the parameters that it alone understands.
    """
    open_scope, problems = read_open_scope(
        link_parameters(), here.length, settings().reporting_time_zone, known_filters, own
    )
    for problem in problems:
        st.warning(as_markdown(problem), icon=":material/link_off:")
    say_carried(open_scope.carried)
    return open_scope


def say_carried(carried: Filters) -> None:
    """One sentence about the filters of the link that the page does not apply, if there are any."""
    if not carried:
        return
    named = "; ".join(
        f"{LABELS[key].lower()} {' or '.join(value_words(key, value) for value in values)}"
        for key, values in carried
    )
    st.caption(
        f":material/filter_alt_off: Not applied on this page, kept in the link: "
        f"{as_markdown(named)}."
    )


def link_parameters() -> dict[str, list[str]]:
    """All parameters of the link."""
    return {key: st.query_params.get_all(key) for key in st.query_params}
