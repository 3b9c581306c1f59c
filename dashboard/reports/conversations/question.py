"""The question behind a list of conversations, as its link has it.

A link to the list is a scope (`dashboard/scope_url.py`) and, besides: `metric`, `part` and `dating`
for the conversations behind a figure; `failed`, `rated` and `q` for what only a list can ask; `sort`
and `page`. What cannot be read is ignored, with a message.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlencode

from dashboard.errors import UnknownMetric
from dashboard.metrics.dimensions import DIMENSIONS
from dashboard.metrics.registry import find_metric
from dashboard.reports.conversations.parts import PARTS
from dashboard.scope import Scope
from dashboard.scope_url import OpenScope, read_open_scope

DEFAULT_LENGTH = timedelta(days=7)
PAGE_ROWS = 50
FAILED = ("yes", "unrecovered", "no")
"""Whether a call of the conversation failed: some did, some without a later success, none did."""
RATED = ("yes", "low", "high", "no")
"""Whether the customer rated: at all, 1 or 2, 4 or 5, not."""
SORTS = ("newest", "oldest", "longest", "lowest rating", "most failed spans", "slowest human")
LIST_FILTERS = tuple(one.key for one in DIMENSIONS)
"""Every dimension that some fact has; each narrows the list."""

_OWN_KEYS = ("metric", "part", "dating", "failed", "rated", "q", "sort", "page")
_LONGEST_SEARCH = 200
_LAST_PAGE = 100_000


@dataclass(frozen=True)
class Question:
    """One list of conversations. `metric` is a key of the registry, None for every episode."""

    page_scope: OpenScope
    metric: str | None = None
    part: str | None = None
    dating: str = "episode"
    failed: str | None = None
    rated: str | None = None
    search: str = ""
    sort: str = "newest"
    page: int = 1

    def scope(self, now: datetime) -> Scope:
        return self.page_scope.scope(now)

    def at(self, as_of: datetime) -> "Question":
        """The same question, pinned to an instant."""
        return replace(self, page_scope=replace(self.page_scope, as_of=as_of))

    def on_page(self, page: int) -> "Question":
        return replace(self, page=page)

    def parameters(self) -> dict[str, list[str]]:
        """The link's parameters; `read_question` is the inverse."""
        own = {
            "metric": self.metric,
            "part": self.part,
            "dating": self.dating if self.dating != "episode" else None,
            "failed": self.failed,
            "rated": self.rated,
            "q": self.search or None,
            "sort": self.sort if self.sort != "newest" else None,
            "page": str(self.page) if self.page > 1 else None,
        }
        return self.page_scope.parameters() | {key: [text] for key, text in own.items() if text}

    def link_text(self) -> str:
        """The parameters as a link carries them; what `from_list` holds."""
        return urlencode(self.parameters(), doseq=True)


def read_question(
    parameters: Mapping[str, Iterable[str]], time_zone: str
) -> tuple[Question, list[str]]:
    """The question that a link's parameters ask, and a sentence for each part that was left out."""
    given = {key: [_storable(text) for text in texts] for key, texts in parameters.items()}
    page_scope, problems = read_open_scope(
        given, DEFAULT_LENGTH, time_zone, LIST_FILTERS, _OWN_KEYS
    )
    metric, part, dating = _metric_of(given, problems)
    if metric is None or "silent_failures" not in find_metric(metric).facts:
        page_scope = _without_rule(page_scope, problems)
    return Question(
        page_scope,
        metric,
        part,
        dating,
        failed=_one_of(given, "failed", FAILED, problems),
        rated=_one_of(given, "rated", RATED, problems),
        search=_first(given, "q")[:_LONGEST_SEARCH],
        sort=_one_of(given, "sort", SORTS, problems) or "newest",
        page=_page(given, problems),
    ), problems


def question_of_link(text: str, time_zone: str) -> Question:
    """The question of a `from_list` parameter; whatever is wrong with it is left out in silence."""
    return read_question(parse_qs(text), time_zone)[0]


def _storable(text: str) -> str:
    # PostgreSQL holds no NUL, and half a surrogate pair has no UTF-8 form.
    return text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")


def _first(given: Mapping[str, list[str]], key: str) -> str:
    return next(iter(given.get(key, ())), "").strip()


def _one_of(
    given: Mapping[str, list[str]], key: str, allowed: tuple[str, ...], problems: list[str]
) -> str | None:
    text = _first(given, key)
    if not text or text in allowed:
        return text or None
    problems.append(
        f"{key} is “{text}” in the link; use one of {', '.join(allowed)}. It was ignored."
    )
    return None


def _metric_of(
    given: Mapping[str, list[str]], problems: list[str]
) -> tuple[str | None, str | None, str]:
    key = _first(given, "metric")
    if not key:
        return None, None, "episode"
    try:
        find_metric(key)
    except UnknownMetric as error:
        problems.append(f"{error} Showing all conversations in the period.")
        return None, None, "episode"
    dating = _one_of(given, "dating", ("episode", "event"), problems) or "episode"
    part = _one_of(given, "part", PARTS, problems)
    return key, part, dating


def _without_rule(page_scope: OpenScope, problems: list[str]) -> OpenScope:
    kept = tuple((key, values) for key, values in page_scope.filters if key != "rule")
    if kept != page_scope.filters:
        problems.append("Only silent failures have a rule; that filter was ignored.")
    return replace(page_scope, filters=kept)


def _page(given: Mapping[str, list[str]], problems: list[str]) -> int:
    text = _first(given, "page")
    if not text:
        return 1
    if text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= _LAST_PAGE:
        return int(text[:9])
    problems.append(f"Page “{text}” does not exist; showing the first.")
    return 1
