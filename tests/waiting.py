"""Waiting for what happens in its own time: never for a length of time, always until it has happened."""

import time
from collections.abc import Callable

_POLL_SECONDS = 0.05
"""Between two looks: short beside what is waited for, long beside what a look costs."""
_PATIENCE = 3
"""Deadlines are those of a machine that does little else; a busy one is no reason to fail."""


def wait_until(
    holds: Callable[[], object], seconds: float, otherwise: str | Callable[[], str]
) -> None:
    """Return once `holds` is true; fails with the words `otherwise` after a multiple of `seconds`."""
    deadline = time.monotonic() + _PATIENCE * seconds
    while not holds():
        assert time.monotonic() < deadline, otherwise if isinstance(otherwise, str) else otherwise()
        time.sleep(_POLL_SECONDS)
