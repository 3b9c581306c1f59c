"""The entry point that Streamlit runs: what every page shares."""

import streamlit as st

from dashboard.components.filter_bar import draw_filter_bar
from dashboard.components.filter_bar.named_view import open_named_view
from dashboard.components.shared.navigation import draw_navigation
from dashboard.components.shared.page import demo_label, is_kiosk
from dashboard.components.shared.pages import PAGES
from dashboard.settings import PROJECT_ROOT

# A file of our own: a named icon would be fetched from another company's server at every visit.
SHARED = PROJECT_ROOT / "dashboard" / "components" / "shared"
ICON = (SHARED / "icon.svg").read_text(encoding="utf-8")

st.set_page_config(page_title="Control Room", page_icon=ICON, layout="wide")

pages = {
    place: st.Page(f"../pages/{place.file}.py", title=place.title, default=place.is_home)
    for place in PAGES
}
page = st.navigation(list(pages.values()), position="hidden")
here = next(place for place, known in pages.items() if known.title == page.title)
st.html(SHARED / "palette.css")
if not is_kiosk():
    open_named_view()
    draw_navigation(pages, here)
    with st.container(horizontal=True, horizontal_alignment="distribute", key="top_bar"):
        if here.has_filter_bar:
            draw_filter_bar(here)
        demo_label()
page.run()
