"""Statements that SQLAlchemy has compiled: kept while in use, evicted when not.

A wall's statements have as many parts as there are ranges of its windows to read, and so take
another shape every quarter of an hour. SQLAlchemy's own cache lets go of nothing until it holds
hundreds; of statements as long as these that is hundreds of megabytes.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any

_IDLE_SECONDS = 300.0
_MOST = 500


class CompiledStatements:
    """What an engine takes as `compiled_cache`: for any number of threads, least recently asked first.

    `clock` gives seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._held: OrderedDict[Hashable, tuple[float, Any]] = OrderedDict()
        self._changing = threading.Lock()

    def __len__(self) -> int:
        return len(self._held)

    def get(self, key: Hashable) -> Any | None:
        """What was compiled for `key`, None where that is not known or not any more."""
        with self._changing:
            found = self._held.pop(key, None)
            return self._hold(key, found[1]) if found else None

    def __setitem__(self, key: Hashable, compiled: Any) -> None:
        with self._changing:
            self._hold(key, compiled)

    def _hold(self, key: Hashable, compiled: Any) -> Any:
        now = self._clock()
        self._held[key] = (now, compiled)
        self._held.move_to_end(key)
        while len(self._held) > _MOST or self._longest_idle() < now - _IDLE_SECONDS:
            self._held.popitem(last=False)
        return compiled

    def _longest_idle(self) -> float:
        return next(iter(self._held.values()))[0]
