"""Which mark of a figure is picked, where the page itself shows what is behind it."""

from typing import Any

import streamlit as st


def picked(figure: Any, key: str) -> str | None:
    """Draw a figure; the mark's own text (`customdata`) of what was clicked, None where nothing was."""
    event = st.plotly_chart(
        figure,
        key=key,
        on_select="rerun",
        selection_mode="points",
        config={"displayModeBar": False, "scrollZoom": False},
    )
    return _mark(event)


def picked_before(key: str) -> str | None:
    """The same before the figure is drawn: for one that looks different where something is picked.

    A redrawn figure forgets the click, so the caller has to remember it.
    """
    return _mark(st.session_state.get(key))


def _mark(event: Any) -> str | None:
    for point in event.selection.points[:1] if event else ():
        found = point.get("customdata")
        # A click gives the mark's datum as it is, or in a list of one.
        return str(found[0] if isinstance(found, list | tuple) else found)
    return None
