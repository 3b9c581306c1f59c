"""The colour of text on the page that this visitor sees."""

import streamlit as st


def ink() -> str:
    """For words inside a figure that must be read: Plotly would write them as faintly as an axis."""
    return "#f3f6fa" if st.context.theme.type == "dark" else "#0f1720"
