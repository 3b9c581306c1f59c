"""How an analysis page asks: its scope, pinned to one instant a refresh, through shared reads."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

from dashboard.components.page import answer_of
from dashboard.scope import Scope
from dashboard.scope_url import OpenScope
from dashboard.warehouse.shared import shared

Answer = TypeVar("Answer")

_LIVE_SECONDS = 60.0
_PINNED_SECONDS = 600.0


@dataclass(frozen=True)
class Asking:
    """One page's question. `ask` reads a report for everybody who looks at the same view."""

    page: str
    asked: OpenScope

    def scope(self) -> Scope:
        """The scope as of one instant for all panels and all who look at this view, at most a minute old.

        A new instant at every run would move the ends of the window, and a figure whose links moved
        is a new figure to the browser, which forgets what was picked in it.
        """
        seconds = self._seconds()
        return self.asked.scope(shared((self.page, "instant", self.asked), _now, seconds).value)

    def ask(self, name: str, report: Callable[[Scope], Answer], *further: Hashable) -> Answer:
        """The report's answer on the page's scope, at most a minute old while live.

        `name` and `further` tell this question from the page's others: whatever changes the answer
        must be among them. Raises what the report raised when there never was an answer.
        """
        key = (self.page, name, self.asked, further)
        return answer_of(shared(key, lambda: report(self.scope()), self._seconds()))

    def _seconds(self) -> float:
        return _LIVE_SECONDS if self.asked.is_live else _PINNED_SECONDS


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)
