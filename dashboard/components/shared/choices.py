"""Choices kept in the link: which figure, by what dimension, compared with what.

These functions are the only way a widget writes to the link. Streamlit's own binding writes labels, so
that renaming a label would break every link ever sent, and silently drops values that are not among the
options. These write keys, and the link leads: going back in the browser's history, or opening a link,
changes a widget without a click. In each, `name` is the parameter; the default is not written.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Literal

import streamlit as st

from dashboard.metrics.value_words import value_labels

POSITIONS = ("page", "entries", "comments")
"""Positions in a list: any other choice starts the list again."""
_ON = "1"


def url_radio(name: str, options: Mapping[str, str], label: str = "") -> str:
    """A row of buttons; `options` are key → label, the first is the default. Returns the selected key."""
    current = selected(name, options)
    st.segmented_control(
        label or name,
        list(options),
        format_func=lambda key: options.get(key, key),
        key=_synced(name, current),
        required=True,
        label_visibility="visible" if label else "collapsed",
        on_change=_remember,
        args=(name, next(iter(options))),
    )
    return current


def url_select(
    name: str,
    options: Mapping[str, str],
    label: str,
    width: int | Literal["stretch"] = "stretch",
    label_visibility: Literal["visible", "hidden", "collapsed"] = "visible",
) -> str:
    """The same as a drop-down, for many options."""
    current = selected(name, options)
    st.selectbox(
        label,
        list(options),
        format_func=lambda key: options.get(key, key),
        key=_synced(name, current),
        width=width,
        label_visibility=label_visibility,
        on_change=_remember,
        args=(name, next(iter(options))),
    )
    return current


def url_select_optional(name: str, options: Mapping[str, str], label: str) -> str | None:
    """A drop-down with nothing selected by default; None then."""
    given = param(name)
    current = given if given in options else None
    st.selectbox(
        label,
        list(options),
        index=None,
        format_func=lambda key: options.get(key, key),
        key=_synced(name, current),
        placeholder="Any",
        on_change=_remember,
        args=(name,),
    )
    return current


def url_multiselect(
    name: str, values: Iterable[str], label: str, help: str | None = None
) -> list[str]:
    """Any of `values` of the dimension `name`, or others that are typed in; by default none, meaning all.

    `help`: what the values are.
    """
    current = st.query_params.get_all(name)
    options = dict.fromkeys([*values, *current])
    labels = value_labels(name, options)
    st.multiselect(
        label,
        list(options),
        key=_synced(name, current),
        format_func=lambda value: labels.get(value, value),
        help=help,
        accept_new_options=True,
        placeholder="All",
        on_change=_remember,
        args=(name,),
    )
    return current


def url_text(name: str, label: str, **look: Any) -> str:
    """A line of text. `look`: what else `st.text_input` takes."""
    current = param(name)[: look.get("max_chars")]
    st.text_input(label, key=_synced(name, current), on_change=_remember, args=(name,), **look)
    return current


def url_toggle(name: str, label: str) -> bool:
    """On, or off by default."""
    current = param(name) == _ON
    st.toggle(label, key=_synced(name, current), on_change=_remember, args=(name,))
    return current


def url_pager(name: str, pages: int, **look: Any) -> int:
    """The page of a list, from 1; `name` is one of `POSITIONS`. `look`: what else `st.pagination` takes."""
    text = param(name)
    current = int(text[:9]) if text.isascii() and text.isdigit() else 1
    current = max(1, min(current, pages))
    if pages > 1:
        # A key for each page: a page set from here would conflict with the widget's own default.
        key = f"{_key(name)} {current}"
        st.pagination(
            pages, default=current, key=key, on_change=_remember, args=(name, 1, key), **look
        )
    return current


def selected(name: str, options: Mapping[str, str]) -> str:
    """The option that the link names, before the widget is drawn; the first one by default."""
    text = st.query_params.get(name)
    return text if text is not None and text in options else next(iter(options))


def param(name: str) -> str:
    """The parameter as the link has it, not validated; empty where it is missing."""
    return st.query_params.get(name, "")


def set_parameters(found: Mapping[str, Iterable[str]]) -> None:
    """Write several parameters at once; one with no value is removed from the link."""
    kept: dict[str, Iterable[str]] = {key: st.query_params.get_all(key) for key in st.query_params}
    if not set(found) <= set(POSITIONS):
        kept = {key: values for key, values in kept.items() if key not in POSITIONS}
    written = {key: values for key, values in {**kept, **found}.items() if values}
    st.query_params.from_dict(written)


def _synced(name: str, current: Any) -> str:
    """The widget's key, after setting the widget to what the link says.

    Set only where the two differ: a field that is set while the user types in it loses letters.
    """
    key = _key(name)
    if key not in st.session_state or st.session_state[key] != current:
        st.session_state[key] = current
    return key


def _key(name: str) -> str:
    return f"choice {name}"


def _remember(name: str, default: Any = None, key: str | None = None) -> None:
    value = st.session_state[key or _key(name)]
    if value == default or value is False:
        value = None
    values = value if isinstance(value, list) else [_ON if value is True else str(value or "")]
    set_parameters({name: [text for text in values if text]})
