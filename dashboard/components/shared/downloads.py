"""What a download button calls: built on demand, and a sentence in the file where it fails."""

import logging
from collections.abc import Callable
from functools import partial

from dashboard.errors import ControlRoomError

log = logging.getLogger("dashboard")


def on_demand(make: Callable[..., bytes], *arguments: object) -> Callable[[], bytes]:
    """A callable for `st.download_button(data=…)`. It runs outside any session, so all is bound here."""
    return partial(_made, make, *arguments)


def _made(make: Callable[..., bytes], *arguments: object) -> bytes:
    try:
        return make(*arguments)
    except ControlRoomError as error:
        log.warning("a download failed: %s", error)
        return f"{error}\n".encode()
