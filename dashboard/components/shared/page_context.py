"""How an analysis page reads: its scope, pinned to one instant per refresh, through the shared cache."""

from collections.abc import Callable, Hashable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TypeVar

from dashboard.components.shared.page import answer_of
from dashboard.query.cache import CachedResult, cached
from dashboard.query.parallel import MAX_CONCURRENCY
from dashboard.reports.shared.periods import against_words, earlier
from dashboard.scope import Scope
from dashboard.scope_url import Against, OpenScope

Answer = TypeVar("Answer")

_prefetching = ThreadPoolExecutor(MAX_CONCURRENCY, "prefetch")
"""Shared by all visitors: each page asks again where it draws, so none waits for a free thread here, and the
warehouse's connections are left to that."""

_LIVE_SECONDS = 60.0
_PINNED_SECONDS = 600.0


@dataclass(frozen=True)
class PageContext:
    """One page's scope. `ask` reads a report once for all visitors of the same view."""

    page: str
    page_scope: OpenScope

    def scope(self) -> Scope:
        """The scope as of one instant for all panels and all who look at this view, at most a minute old.

        A new instant at every run would move the ends of the window, and a figure whose links moved
        is a new figure to the browser, which forgets what was picked in it.
        """
        key = (self.page, "instant", self._alone())
        return self.page_scope.scope(cached(key, _now, self._seconds()).answer())

    def earlier(self) -> Scope:
        """The period that every change on the page is measured against."""
        return earlier(self.scope(), self.page_scope.against)

    def against(self) -> str:
        """That period in words, to follow "vs."."""
        return against_words(self.scope(), self.page_scope.against)

    def ask(self, name: str, report: Callable[[Scope], Answer], *further: Hashable) -> Answer:
        """The report's answer on the page's scope, at most a minute old while live.

        `name` and `further` identify the question on its page: everything that changes the answer
        must be among them. Raises what the report raised when there never was an answer.
        """
        key = (self.page, name, self._alone(), further)
        return self._answer(cached(key, lambda: report(self.scope()), self._seconds()))

    def compare(
        self, name: str, report: Callable[[Scope, Scope], Answer], *further: Hashable
    ) -> Answer:
        """The same for a report on the page's scope and the period it is compared with."""
        key = (self.page, name, self.page_scope, further)
        reading = cached(key, lambda: report(self.scope(), self.earlier()), self._seconds())
        return self._answer(reading)

    @contextmanager
    def prefetch(self, *questions: Callable[["PageContext"], object]) -> Iterator[None]:
        """Start the page's reads in the order in which it draws the answers, some at a time.

        Each is a function that asks through the context it is given. The page asks again where it draws,
        finds the answer or waits for it, and gets any error there.
        """
        quiet = _Prefetching(self.page, self.page_scope)
        begun: list[Future] = []
        try:
            # Without a free thread the page still asks where it draws.
            with suppress(RuntimeError):
                begun.extend(_prefetching.submit(question, quiet) for question in questions)
            yield
        finally:
            # A visitor who left does not keep the others waiting.
            for question in begun:
                question.cancel()

    def _answer(self, reading: CachedResult[Answer]) -> Answer:
        return answer_of(reading)

    def _alone(self) -> OpenScope:
        # What a figure is compared with does not change the figure.
        return replace(self.page_scope, against=Against())

    def _seconds(self) -> float:
        return _LIVE_SECONDS if self.page_scope.is_live else _PINNED_SECONDS


class _Prefetching(PageContext):
    """Asks the same from a thread of its own, where nothing can be drawn."""

    def _answer(self, reading: CachedResult[Answer]) -> Answer:
        return reading.answer()


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)
