"""Saved views: save what the page shows, open one, delete one."""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlencode

import streamlit as st

from dashboard.components.filter_bar.page_scope import link_parameters
from dashboard.components.filter_bar.zone import link_zone
from dashboard.components.shared.pages import PageSpec, find_page
from dashboard.components.shared.plain_text import as_html, as_markdown, inline_html
from dashboard.errors import ControlRoomError
from dashboard.metrics.formatting import instant_words
from dashboard.query.cache import CachedResult, cached
from dashboard.reports.shared.views import (
    LONGEST_NAME,
    View,
    clean_name,
    delete_view,
    save_view,
    views,
    why_not_saved,
)

_SECONDS = 20.0
_MESSAGE = "views message"
_CHANGES = "views changed"
_DELETING = "view to delete"
_NAME = "view name"


@st.fragment
def draw_views(here: PageSpec) -> None:
    """The popover; what is in it is read when it opens. `here`: the page that is shown."""
    popover = st.popover("Views", icon=":material/bookmarks:", key="views", on_change="rerun")
    if not popover.open:
        return
    with popover:
        saved, refusal = _saved(), _refusal()
        if error := saved.error or refusal.error:
            st.caption(as_markdown(error))
        if message := st.session_state.pop(_MESSAGE, None):
            st.caption(as_markdown(message))
        may_write = refusal.value is None and refusal.error is None
        if may_write:
            _draw_saving(saved.value or [], here)
        elif refusal.value:
            st.caption(as_markdown(refusal.value))
        _draw_list(saved.value or [], may_write)


def _saved() -> CachedResult[list[View]]:
    # Who saves a view sees it at once, others within seconds.
    return cached(("views", st.session_state.get(_CHANGES, 0)), views, _SECONDS)


def _refusal() -> CachedResult[str | None]:
    return cached("why views are not saved", why_not_saved, _SECONDS)


def _draw_saving(saved: list[View], here: PageSpec) -> None:
    name = st.text_input("Save this view as", key=_NAME, max_chars=LONGEST_NAME, placeholder="Name")
    same = next((view for view in saved if view.name == _cleaned(name)), None)
    if same:
        place = find_page(same.page)
        at = instant_words(same.saved_at, link_zone())
        words = f"“{same.name}” already exists: {place.title if place else same.page}, {at}."
        st.caption(as_markdown(words))
    st.button(
        "Replace" if same else "Save",
        key="save view",
        on_click=_save,
        args=(here, same is not None),
    )


def _cleaned(name: str) -> str:
    try:
        return clean_name(name)
    except ControlRoomError:
        return ""


def _save(here: PageSpec, replaces: bool) -> None:
    name = st.session_state[_NAME]
    parameters = urlencode(link_parameters(), doseq=True)
    _attempt(save_view, name, here.path, parameters, replaces)
    if _MESSAGE not in st.session_state:
        st.session_state[_MESSAGE] = f"Saved “{_cleaned(name)}”."
        st.session_state[_NAME] = ""


def _attempt(change: Callable[..., None], *arguments: Any) -> None:
    try:
        change(*arguments)
    except ControlRoomError as error:
        st.session_state[_MESSAGE] = str(error)
    st.session_state[_CHANGES] = st.session_state.get(_CHANGES, 0) + 1


def _draw_list(saved: list[View], may_write: bool) -> None:
    if not saved:
        st.caption("No saved views yet.")
        return
    with st.container(height=320 if len(saved) > 7 else "content", border=False, key="view_list"):
        for view in saved:
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                st.html(_view_html(view))
                if may_write:
                    _draw_deleting(view)
    st.caption(
        "Views are shared with everyone. To share one, send its link, or ?view= with its name."
    )


def _view_html(view: View) -> str:
    place = find_page(view.page)
    if place is None:
        return f'<div class="cr view">{inline_html(view.name)} <span class="faint">not found</span></div>'
    return (
        f'<div class="cr view"><a href="{as_html(view_link(view, place))}" target="_self">'
        f'{inline_html(view.name)}</a><div class="faint">{as_html(place.title)}</div></div>'
    )


def view_link(view: View, place: PageSpec) -> str:
    """The page with the view's parameters, re-encoded."""
    query = urlencode(parse_qsl(view.parameters))
    return f"./{place.path}?{query}" if query else f"./{place.path}"


def _draw_deleting(view: View) -> None:
    if st.session_state.get(_DELETING) != view.key:
        st.button(
            "",
            icon=":material/delete:",
            type="tertiary",
            key=f"delete view {view.key}",
            help="Delete",
            on_click=_ask_deleting,
            args=(view.key,),
        )
        return
    st.button(
        "Delete for everyone",
        key=f"really delete view {view.key}",
        on_click=_delete,
        args=(view.key,),
    )


def _ask_deleting(key: int) -> None:
    st.session_state[_DELETING] = key


def _delete(key: int) -> None:
    st.session_state.pop(_DELETING, None)
    _attempt(delete_view, key)
