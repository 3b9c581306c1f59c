"""What an answer was read from, told to a reader and to a program."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Any

from dashboard.rollups.reasons import Reason

_GRAINS = {"day": "by day", "15min": "by quarter of an hour"}


class Reading(Enum):
    """How an answer is to be read; whichever way, the figures are the same."""

    CHEAPEST = "cheapest"
    """From rollups, or from the facts where these are expected to answer sooner."""
    ROLLUPS = "rollups"
    """From rollups wherever they can answer, whatever it costs."""
    FACTS = "facts"
    """From every row anew."""


class Store(Enum):
    """The three kinds of what can be read."""

    FACTS = "facts"
    ROLLUP_GROUP = "rollup group"
    MATERIALIZED_ROWS = "materialized rows"


@dataclass(frozen=True)
class ReadFrom:
    """What some `aggregates` (names) were read from.

    `name` is that of the rollup group, of the table of materialized rows, or of the fact; `share` of
    the windows' time is read from it, 0 to 1, and the rest from the facts, or from the materialized rows
    `rest`, for the `reason`. Of the facts the reason says why nothing else was read.
    """

    store: Store
    name: str
    aggregates: tuple[str, ...]
    share: float = 1.0
    reason: Reason | None = None
    grains: tuple[str, ...] = ()
    rest: str | None = None

    @property
    def words(self) -> str:
        """As a reader is told it; one half sentence."""
        if self.store is Store.FACTS:
            return f"the facts ({self.reason.words})" if self.reason else "the facts"
        by = " and ".join(_GRAINS[grain] for grain in self.grains)
        read = f"{self.store.value} {_words(self.name)}{' ' if by else ''}{by}"
        if self.reason is None or self.share >= 1:
            return f"{read}, 100 % of the window"
        rest = f"materialized rows {_words(self.rest)}" if self.rest else "the facts"
        return f"{read}, {_percent(self.share)} of the window; the rest from {rest} ({self.reason.words})"

    def as_data(self) -> dict[str, Any]:
        """The same for a program."""
        return {
            "read_from": self.store.value,
            "name": self.name,
            "share": self.share,
            "reason": self.reason.value if self.reason else None,
            "grains": list(self.grains),
            "rest": self.rest,
        }


def sentence(sources: Iterable[ReadFrom]) -> str:
    """One line on all that was read, each once: "Read from: …"."""
    return f"Read from: {'. '.join(dict.fromkeys(source.words for source in sources))}."


def _words(name: str | None) -> str:
    return (name or "").replace("_", " ")


def _percent(share: float) -> str:
    # What is not all of it shall not read as all of it.
    return f"{min(round(share * 100), 99)} %" if share >= 0.01 else "less than 1 %"
