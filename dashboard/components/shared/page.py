"""What every page shares: a guard that turns an error into a message, and the demo data label."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from dashboard.components.shared.plain_text import as_markdown
from dashboard.errors import ControlRoomError, WarehouseError
from dashboard.metrics.formatting import duration_text
from dashboard.query.cache import Answer, CachedResult, cached
from dashboard.reports.shared.demo import is_demo

_RECOVER_SECONDS = 5.0
_DEMO_SECONDS = 60.0

log = logging.getLogger("dashboard")


def is_kiosk() -> bool:
    """Whether the link asks for the wall alone, with nothing around it."""
    return st.query_params.get("wall") == "1"


def demo_label() -> None:
    """One line that says so, where the warehouse holds generated data."""
    if cached("demo", is_demo, _DEMO_SECONDS).value:
        st.badge(
            "Demo data",
            icon=":material/science:",
            color="orange",
            help="This company, its customers and their conversations are generated.",
        )


@contextmanager
def guarded() -> Iterator[None]:
    """Run a page's body; an error is shown as a message, and the page retries automatically."""
    try:
        yield
    except ControlRoomError as error:
        show_error(error)
        if isinstance(error, WarehouseError):
            _try_again()
    except Exception:
        log.exception("a page failed")
        st.error("This page could not be loaded. Retrying automatically; details are in the log.")
        _try_again()


def show_error(error: ControlRoomError) -> None:
    """Show what happened and what to do."""
    st.warning(as_markdown(error), icon=":material/warning:")


def answer_of(reading: CachedResult[Answer]) -> Answer:
    """The answer of a shared read, with a line about its age when a newer one could not be had.

    Raises the reading's error when there never was an answer.
    """
    answer = reading.answer()
    if reading.error:
        age = duration_text(reading.age_seconds())
        st.warning(
            as_markdown(
                f"{reading.error.message} Showing figures from {age} ago. {reading.error.hint}"
            ),
            icon=":material/warning:",
        )
        _try_again()
    return answer


@st.fragment(run_every=_RECOVER_SECONDS)
def _try_again() -> None:
    # A page may draw this several times; whichever runs when the time is up runs the page again.
    now = time.monotonic()
    failed_at = st.session_state.setdefault("failed_at", now)
    if now - failed_at >= 0.8 * _RECOVER_SECONDS:
        del st.session_state["failed_at"]
        st.rerun(scope="app")
