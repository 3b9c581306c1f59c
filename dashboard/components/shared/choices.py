"""Choices that the link keeps: which figure, by what, against when. The only way a widget writes there.

A widget bound to the link writes its labels, so that renaming a label would break every link that was
ever sent, and drops what it does not offer without a word. These write keys, and the link leads:
going back in the browser's history, or opening a link, changes a widget without a click here. In each,
`name` is the parameter; what is usual is left out of the link.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Literal

import streamlit as st

POSITIONS = ("page", "entries", "comments")
"""Where one stands in a list: whatever else is chosen begins the list anew."""
_ON = "1"


def url_radio(name: str, options: Mapping[str, str], label: str = "") -> str:
    """A row of buttons; `options` are key → label, the first is the usual one. Returns the chosen key."""
    current = selected(name, options)
    st.segmented_control(
        label or name,
        list(options),
        format_func=lambda key: options.get(key, key),
        key=_led(name, current),
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
    """The same as a list that opens, for many options."""
    current = selected(name, options)
    st.selectbox(
        label,
        list(options),
        format_func=lambda key: options.get(key, key),
        key=_led(name, current),
        width=width,
        label_visibility=label_visibility,
        on_change=_remember,
        args=(name, next(iter(options))),
    )
    return current


def url_select_optional(name: str, options: Mapping[str, str], label: str) -> str | None:
    """A list that opens with nothing picked, which is the usual; None then."""
    given = param(name)
    current = given if given in options else None
    st.selectbox(
        label,
        list(options),
        index=None,
        format_func=lambda key: options.get(key, key),
        key=_led(name, current),
        placeholder="Any",
        on_change=_remember,
        args=(name,),
    )
    return current


def url_multiselect(
    name: str,
    values: Iterable[str],
    label: str,
    words: Mapping[str, str] | None = None,
    help: str | None = None,
) -> list[str]:
    """Any of `values`, or others that are typed in; none is the usual and means all.

    `words`: value → label, where they differ; `help`: what the values are.
    """
    current = st.query_params.get_all(name)
    st.multiselect(
        label,
        list(dict.fromkeys([*values, *current])),
        key=_led(name, current),
        format_func=lambda value: (words or {}).get(value, value),
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
    st.text_input(label, key=_led(name, current), on_change=_remember, args=(name,), **look)
    return current


def url_toggle(name: str, label: str) -> bool:
    """On or off, which is the usual."""
    current = param(name) == _ON
    st.toggle(label, key=_led(name, current), on_change=_remember, args=(name,))
    return current


def url_pager(name: str, pages: int, **look: Any) -> int:
    """The page of a list, from 1; `name` is one of `PLACES`. `look`: what else `st.pagination` takes."""
    text = param(name)
    current = int(text[:9]) if text.isascii() and text.isdigit() else 1
    current = max(1, min(current, pages))
    if pages > 1:
        # A key for each page: a page set from here would quarrel with the widget's own first one.
        key = f"{_key(name)} {current}"
        st.pagination(
            pages, default=current, key=key, on_change=_remember, args=(name, 1, key), **look
        )
    return current


def selected(name: str, options: Mapping[str, str]) -> str:
    """What the link says, before the widget is drawn; the first option where it says nothing known."""
    text = st.query_params.get(name)
    return text if text is not None and text in options else next(iter(options))


def param(name: str) -> str:
    """What the link says, whatever that is; empty where it says nothing."""
    return st.query_params.get(name, "")


def set_parameters(found: Mapping[str, Iterable[str]]) -> None:
    """Write several parameters at once; one with no value is taken out of the link."""
    kept: dict[str, Iterable[str]] = {key: st.query_params.get_all(key) for key in st.query_params}
    if not set(found) <= set(POSITIONS):
        kept = {key: values for key, values in kept.items() if key not in POSITIONS}
    written = {key: values for key, values in {**kept, **found}.items() if values}
    st.query_params.from_dict(written)


def _led(name: str, current: Any) -> str:
    """The widget's key, once it shows what the link says.

    Set only where the two differ: a field that is set while somebody types in it loses letters.
    """
    key = _key(name)
    if key not in st.session_state or st.session_state[key] != current:
        st.session_state[key] = current
    return key


def _key(name: str) -> str:
    return f"choice {name}"


def _remember(name: str, usual: Any = None, key: str | None = None) -> None:
    value = st.session_state[key or _key(name)]
    if value == usual or value is False:
        value = None
    values = value if isinstance(value, list) else [_ON if value is True else str(value or "")]
    set_parameters({name: [text for text in values if text]})
