"""`?view=` and a name: opens the view saved under that name."""

import json

import streamlit as st

from dashboard.components.filter_bar.views import view_link
from dashboard.components.shared.choices import param
from dashboard.components.shared.pages import find_page
from dashboard.components.shared.plain_text import as_html, as_markdown, inline_html
from dashboard.errors import ControlRoomError
from dashboard.reports.shared.views import clean_name, views


def open_named_view() -> None:
    """Redirect to the view that the link names and draw nothing else; a warning where there is none."""
    name = param("view")
    if not name:
        return
    try:
        found = views(clean_name(name))
    except ControlRoomError as error:
        st.warning(as_markdown(error), icon=":material/link_off:")
        return
    place = find_page(found[0].page) if found else None
    if place is None:
        words = f"There is no saved view “{name}”. It may have been deleted."
        st.warning(as_markdown(words), icon=":material/link_off:")
        return
    href = view_link(found[0], place)
    # Replaces this address: a step back must not lead here, which leads forward again, as it
    # would with Streamlit's own switch of pages. Nothing in the link closes the script: it is encoded.
    st.html(
        f'<p class="cr">Opening <a href="{as_html(href)}" target="_self">{inline_html(name)}</a></p>'
        f"<script>window.location.replace({json.dumps(href)})</script>",
        unsafe_allow_javascript=True,
    )
    st.stop()
