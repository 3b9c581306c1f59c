"""The first rows of a window in order of time, found without reading all of the window."""

from collections.abc import Callable, Iterator, Sized
from dataclasses import replace
from datetime import timedelta
from typing import TypeVar

from dashboard.scope import Scope

Found = TypeVar("Found", bound=Sized)

_DAY = timedelta(days=1)
_GROWTH = 8
_SPARE = 2
"""So much longer than the mean says the first look is, for the hours in which little happens."""


def nearest(
    ask: Callable[[Scope], Found],
    scope: Scope,
    most: int,
    first: timedelta = _DAY,
    from_start: bool = False,
) -> Found:
    """What `ask` returns for `scope`, asked of ever longer parts of its window until one fills a page.

    `ask` returns at most `most` rows, those dated last before others (those dated first, with
    `from_start`): as many of the end of the window are then those of all of it. `first` is the length
    of the first part; the last part is `scope` itself. What `ask` raises passes through.
    """
    for part in _parts(scope, first, from_start):
        found = ask(part)
        if len(found) == most:
            break
    return found


def likely_length(scope: Scope, rows: int, total: int) -> timedelta:
    """In what length of the window of `scope`, which has `total` rows, `rows` of them are likely."""
    return scope.length * min(1.0, _SPARE * rows / max(total, 1))


def _parts(scope: Scope, length: timedelta, from_start: bool) -> Iterator[Scope]:
    """Ever longer parts of the window, from its end or its start on; the last is the whole."""
    end = min(scope.until, scope.as_of + timedelta(microseconds=1))
    while length < end - scope.since:
        if from_start:
            yield replace(scope, until=scope.since + length)
        else:
            yield replace(scope, since=end - length)
        length *= _GROWTH
    yield scope
