"""The facts: what one row means, which date it has, and what it can be broken down by."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from dashboard.errors import UnknownDimension


@dataclass(frozen=True)
class Dimension:
    """One way to break a fact down: `key` in links and on the command line, `label` on screen."""

    key: str
    label: str
    column: str


_EPISODE_DIMENSIONS = (
    Dimension("topic", "Topic", "topic"),
    Dimension("channel", "Channel", "channel"),
    Dimension("version", "Agent version", "agent_version"),
    Dimension("language", "Language", "language"),
    Dimension("plan", "Plan", "plan"),
    Dimension("source", "Source", "source"),
    Dimension("account", "Account", "account_id"),
)
_OUTCOME_DIMENSIONS = (
    Dimension("outcome", "Outcome", "outcome"),
    Dimension("handled_by", "Handled by", "handled_by"),
    Dimension("reason", "Handoff reason", "handoff_reason"),
    Dimension("queue", "Handoff queue", "handoff_queue"),
)
_WAITS = (
    Dimension("answered_second", "Answered after, in seconds", "answered_second"),
    Dimension("waited_second", "Ended unanswered after, in seconds", "waited_second"),
)
_RATING = Dimension("rating", "Rating", "stars")
_SPAN_DIMENSIONS = (
    Dimension("system", "System", "system"),
    Dimension("name", "Tool or endpoint", "name"),
    Dimension("operation", "Operation", "operation"),
    Dimension("origin", "Origin", "origin"),
    Dimension("error_type", "Error type", "error_type"),
)
_GROUP_DIMENSIONS = (
    Dimension("group", "Error group", "fingerprint"),
    Dimension("message", "Error message, masked", "message_shape"),
)


@dataclass(frozen=True)
class Fact:
    """Rows of one grain, from one SQL file.

    `date` is the column that places a row in a window or bucket; it is None for a snapshot, whose
    rows hold at an instant (`at`) instead. `fixed` are parameters of the file that never vary,
    `inner` dimensions that the product groups by for itself and offers nobody.
    `is_base`: what events are counted per 100 of. A dimension that only the events have neither splits
    nor filters it: escalations for one reason are counted per 100 of all involved episodes.
    """

    key: str
    row: str
    path: str
    date: str | None
    dated_by: str
    dimensions: tuple[Dimension, ...]
    inner: tuple[Dimension, ...] = field(default=(), kw_only=True)
    fixed: Mapping[str, str | bool] = field(default_factory=dict)
    is_base: bool = False

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
        """The dimension of that key. Raises `UnknownDimension`, naming those there are."""
        for dimension in (*self.dimensions, *self.inner):
            if dimension.key == key:
                return dimension
        known = ", ".join(dimension.key for dimension in self.dimensions)
        raise UnknownDimension(f"No {self.row} has the dimension {key!r}.", f"There are: {known}.")


def _episodes(
    key: str, row: str, date: str, dated_by: str, choice: str, inner: tuple[Dimension, ...] = ()
) -> Fact:
    return Fact(
        key,
        row,
        "facts/episodes.sql",
        date,
        dated_by,
        (*_EPISODE_DIMENSIONS, *_OUTCOME_DIMENSIONS, _RATING),
        {"dated_by": choice},
        inner=inner,
    )


FACTS: dict[str, Fact] = {
    fact.key: fact
    for fact in (
        _episodes("episodes", "episode", "started_at", "start of the episode", "start"),
        Fact(
            "involvement",
            "episode",
            "facts/episodes.sql",
            "started_at",
            "start of the episode",
            _EPISODE_DIMENSIONS,
            {"dated_by": "start"},
            is_base=True,
        ),
        _episodes("handoffs", "handoff", "handoff_at", "handoff", "handoff", _WAITS),
        _episodes("ratings", "rating", "rated_at", "rating", "rating"),
        Fact(
            "excluded_episodes",
            "excluded conversation",
            "facts/excluded_episodes.sql",
            "started_at",
            "start of the conversation",
            _EPISODE_DIMENSIONS,
        ),
        Fact(
            "spans",
            "span",
            "facts/spans.sql",
            "started_at",
            "start of the span",
            _EPISODE_DIMENSIONS + _SPAN_DIMENSIONS + _GROUP_DIMENSIONS,
            inner=(Dimension("duration_bin", "Duration, in steps of 5 %", "duration_bin"),),
            fixed={"with_past": False},
        ),
        Fact(
            "silent_failures",
            "silent failure",
            "facts/silent_failures.sql",
            "occurred_at",
            "failure, or start of the episode it touches",
            (*_EPISODE_DIMENSIONS, *_SPAN_DIMENSIONS, Dimension("rule", "Rule", "rule")),
            {"with_past": False},
        ),
        Fact(
            "waiting_handoffs",
            "waiting handoff",
            "facts/waiting_handoffs.sql",
            None,
            "instant of asking",
            (*_EPISODE_DIMENSIONS, *_OUTCOME_DIMENSIONS[2:]),
        ),
        Fact(
            "accounts_at_risk",
            "account at risk",
            "facts/accounts_at_risk.sql",
            None,
            "instant of asking",
            (*_EPISODE_DIMENSIONS, *(d for d in _SPAN_DIMENSIONS if d.key != "operation")),
        ),
    )
}
