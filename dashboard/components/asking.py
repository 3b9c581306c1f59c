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
        return self.asked.scope(datetime.now(UTC))

    def ask(self, name: str, report: Callable[[Scope], Answer], *further: Hashable) -> Answer:
        """The report's answer on the page's scope, at most a minute old while live.

        `name` and `further` tell this question from the page's others: whatever changes the answer
        must be among them. Raises what the report raised when there never was an answer.
        """
        key = (self.page, name, self.asked, further)
        seconds = _LIVE_SECONDS if self.asked.is_live else _PINNED_SECONDS
        return answer_of(shared(key, lambda: report(self.scope()), seconds))
