"""Control room: is it normal right now? The page of the wall screen, alone with `?wall=1`."""

import streamlit as st

from dashboard.components.filter_bar.asked import open_scope_of_page
from dashboard.components.shared.page import guarded, is_kiosk
from dashboard.components.shared.pages import place_of
from dashboard.components.wall.live import show_behind, show_wall

if is_kiosk():
    st.html("<style>header, [data-testid=stHeader] {display: none}</style>")
with guarded():
    asked = open_scope_of_page(place_of(""), ("wall",))
    show_wall(asked)
    if not is_kiosk():
        show_behind(asked)
