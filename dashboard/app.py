"""The entry point that Streamlit runs: the list of pages, and what every page shares."""

import streamlit as st

from dashboard.components.filter_bar import draw_filter_bar
from dashboard.components.page import demo_label, is_kiosk
from dashboard.settings import PROJECT_ROOT

# A file of our own: a named icon would be fetched from another company's server at every visit.
COMPONENTS = PROJECT_ROOT / "dashboard" / "components"
ICON = (COMPONENTS / "icon.svg").read_text(encoding="utf-8")

st.set_page_config(page_title="Control Room", page_icon=ICON, layout="wide")

PAGES = [
    st.Page("../pages/control_room.py", title="Control room", default=True),
    st.Page("../pages/containment.py", title="Containment"),
    st.Page("../pages/escalations.py", title="Escalations"),
    st.Page("../pages/satisfaction.py", title="Satisfaction"),
    st.Page("../pages/api_errors.py", title="API errors"),
    st.Page("../pages/conversations.py", title="Conversations"),
    st.Page("../pages/conversation.py", title="Conversation", visibility="hidden"),
    st.Page("../pages/account.py", title="Account"),
    st.Page("../pages/definitions.py", title="Definitions & data health"),
]
WITH_FILTER_BAR = {"Control room", "Containment", "Escalations", "Satisfaction", "API errors"}

st.html(COMPONENTS / "palette.css")
kiosk = is_kiosk()
page = st.navigation(PAGES, position="hidden" if kiosk else "top")
if not kiosk:
    with st.container(horizontal=True, horizontal_alignment="distribute", key="top_bar"):
        if page.title in WITH_FILTER_BAR:
            draw_filter_bar()
        demo_label()
page.run()
