"""The facts: what one row means, which date it has, and what it can be broken down by."""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field

from dashboard.errors import UnknownDimension
from dashboard.metrics.dimension import Dimension
from dashboard.metrics.dimensions import INNER_DIMENSIONS, dimensions_of
from dashboard.metrics.formatting import upper_first


@dataclass(frozen=True)
class Fact:
    """Rows of one grain, from one SQL file.

    `date` is the column that places a row in a window or bucket; it is None for a snapshot, whose
    rows hold at an instant (`at`) instead. `fixed` are parameters of the file that never vary. Its
    dimensions stand in `dashboard/metrics/dimensions.py`; `inner` are those that the product groups by for
    itself and offers nobody.
    `is_base`: what events are counted per 100 of. A dimension that only the events have neither splits
    nor filters it: escalations for one reason are counted per 100 of all involved episodes.
    """

    key: str
    row: str
    path: str
    date: str | None
    dated_by: str
    fixed: Mapping[str, str | bool] = field(default_factory=dict)
    is_base: bool = False
    dimensions: tuple[Dimension, ...] = field(init=False)
    inner: tuple[Dimension, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "dimensions", dimensions_of(self.key))
        object.__setattr__(self, "inner", dimensions_of(self.key, INNER_DIMENSIONS))

    @property
    def is_snapshot(self) -> bool:
        return self.date is None

    @property
    def date_column(self) -> str:
        """`date` of a fact that has one. Raises `ValueError` for a snapshot."""
        if self.date is None:
            raise ValueError(f"{self.key} is a snapshot: its rows have no date.")
        return self.date

    def has(self, key: str) -> bool:
        return any(dimension.key == key for dimension in self.dimensions)

    def dimension(self, key: str) -> Dimension:
        """The dimension of that key. Raises `UnknownDimension`, naming the nearest or those there are."""
        for dimension in (*self.dimensions, *self.inner):
            if dimension.key == key:
                return dimension
        known = [dimension.key for dimension in self.dimensions]
        near = difflib.get_close_matches(key, known, 1)
        hint = f"Did you mean {near[0]}? " if near else ""
        raise UnknownDimension(
            f"{upper_first(self.row)}s have no dimension {key!r}.",
            f"{hint}Available: {', '.join(known)}.",
        )


_EPISODES = "facts/episodes.sql"

FACTS: dict[str, Fact] = {
    fact.key: fact
    for fact in (
        Fact(
            "episodes",
            "episode",
            _EPISODES,
            "started_at",
            "start of the episode",
            {"dated_by": "start"},
        ),
        Fact(
            "involvement",
            "episode",
            _EPISODES,
            "started_at",
            "start of the episode",
            {"dated_by": "start"},
            is_base=True,
        ),
        Fact("handoffs", "handoff", _EPISODES, "handoff_at", "handoff", {"dated_by": "handoff"}),
        Fact("ratings", "rating", _EPISODES, "rated_at", "rating", {"dated_by": "rating"}),
        Fact(
            "excluded_episodes",
            "excluded conversation",
            "facts/excluded_episodes.sql",
            "started_at",
            "start of the conversation",
        ),
        Fact(
            "spans",
            "span",
            "facts/spans.sql",
            "started_at",
            "start of the span",
            {"with_past": False},
        ),
        Fact(
            "silent_failures",
            "silent failure",
            "facts/silent_failures.sql",
            "occurred_at",
            "failure, or start of the affected episode",
            {"with_past": False},
        ),
        Fact(
            "waiting_handoffs",
            "waiting handoff",
            "facts/waiting_handoffs.sql",
            None,
            "as-of time",
        ),
        Fact(
            "accounts_at_risk",
            "account at risk",
            "facts/accounts_at_risk.sql",
            None,
            "as-of time",
        ),
    )
}
