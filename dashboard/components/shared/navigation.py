"""The way from page to page. Its links hold the scope, so that they can be opened anywhere, and be sent."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import streamlit as st

from dashboard.components.filter_bar.page_scope import link_parameters
from dashboard.components.shared.pages import ABOUT_ONE_ACCOUNT, PageSpec
from dashboard.scope_url import KEPT_KEYS

_STYLE = Path(__file__).parent / "navigation.css"


def draw_navigation(pages: Mapping[PageSpec, Any], here: PageSpec) -> None:
    """A link to every listed page: what its own picks are stays behind, the scope goes along.

    `pages`: place → Streamlit's page.
    """
    # Streamlit's own row of pages links to bare addresses: opened in another tab they lose the scope,
    # and pages that have no filter bar drop it.
    st.html(_STYLE)
    kept = kept_parameters(here)
    with st.container(horizontal=True, gap="xxsmall", key="navigation"):
        for place, page in pages.items():
            if place.is_listed:
                st.page_link(page, label=place.title, query_params=kept, width="content")


def kept_parameters(here: PageSpec) -> dict[str, list[str]]:
    """What goes along to another page, as the link has it."""
    parameters = link_parameters()
    kept = {key: parameters[key] for key in KEPT_KEYS if key in parameters}
    if here.file in ABOUT_ONE_ACCOUNT or "trace" in parameters:
        kept.pop("account", None)
    return kept
