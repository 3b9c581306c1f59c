"""Choices of one page that its link keeps: which figure, by what, against when.

A widget bound to the link writes its labels there, so that renaming a label would break every link
that was ever sent. These write the keys; the first option is the usual one and is left out.
"""

from collections.abc import Mapping

import streamlit as st


def choose(name: str, options: Mapping[str, str], label: str = "") -> str:
    """A row of buttons; `options` are key → label, `name` is the parameter. Returns the chosen key."""
    current = _before_drawing(name, options)
    st.segmented_control(
        label or name, list(options), format_func=options.get, key=_key(name), required=True,
        label_visibility="visible" if label else "collapsed",
        on_change=_remember, args=(name, next(iter(options))),
    )  # fmt: skip
    return current


def pick(name: str, options: Mapping[str, str], label: str, width: int | str = "stretch") -> str:
    """The same as a list that opens, for many options."""
    current = _before_drawing(name, options)
    st.selectbox(
        label, list(options), format_func=options.get, key=_key(name), width=width,
        on_change=_remember, args=(name, next(iter(options))),
    )  # fmt: skip
    return current


def chosen(name: str, options: Mapping[str, str]) -> str:
    """What the link says, before the widget is drawn; the first option where it says nothing known."""
    text = st.query_params.get(name)
    return text if text in options else next(iter(options))


def _before_drawing(name: str, options: Mapping[str, str]) -> str:
    # The link leads: going back in the browser's history changes it without a click here.
    current = chosen(name, options)
    st.session_state[_key(name)] = current
    return current


def _key(name: str) -> str:
    return f"choice {name}"


def _remember(name: str, usual: str) -> None:
    value = st.session_state[_key(name)]
    if value == usual:
        st.query_params.pop(name, None)
    else:
        st.query_params[name] = value
