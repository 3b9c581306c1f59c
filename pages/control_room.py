"""Control room: is it normal right now? The page of the wall screen, alone with `?wall=1`."""

import streamlit as st

from dashboard.components.filter_bar.page_scope import open_scope_of_page
from dashboard.components.shared.page import guarded, is_kiosk
from dashboard.components.shared.pages import page_for
from dashboard.components.wall.live import show_behind, show_wall

if is_kiosk():
    st.html("<style>header, [data-testid=stHeader] {display: none}</style>")
with guarded():
    page_scope = open_scope_of_page(page_for(""), ("wall",))
    show_wall(page_scope)
    if not is_kiosk():
        show_behind(page_scope)
