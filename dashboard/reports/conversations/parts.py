"""The parts of a figure whose conversations can be listed: its numerator, the rest, and the whole."""

from dataclasses import dataclass

from dashboard.metrics.figure import Kind
from dashboard.metrics.metric import Metric

PARTS = NUMERATOR, REST, DENOMINATOR = ("numerator", "rest", "denominator")

_REST_WORDS = {
    "involved_rate": "episodes without AI involvement",
    "containment_rate": "escalated episodes",
    "resolution_rate": "episodes that were not resolved",
    "confirmed_share": "episodes assumed resolved, not confirmed",
    "durable_resolution_rate_24h": "resolved episodes with a new episode within 24 hours",
    "durable_resolution_rate_72h": "resolved episodes with a new episode within 72 hours",
    "durable_resolution_rate_7d": "resolved episodes with a new episode within 7 days",
    "maturity_24h": "episodes resolved less than 24 hours before the as-of time",
    "maturity_72h": "episodes resolved less than 72 hours before the as-of time",
    "maturity_7d": "episodes resolved less than 7 days before the as-of time",
    "automation_rate": "episodes not resolved by the AI",
    "unanswered_rate": "handoffs that a human answered",
    "csat": "ratings of 1 to 3",
    "csat_response_rate": "episodes that were not rated",
    "contained_low_rate": "ratings of 3 to 5 on contained episodes",
    "api_error_rate": "spans that succeeded",
    "unrecovered_error_rate": "spans that succeeded or were recovered",
}
"""Metric → what is in its denominator and not in its numerator, in words."""


@dataclass(frozen=True)
class Part:
    """Rows of a fact for which `where` (SQL) holds; `words` says which."""

    key: str
    words: str
    fact: str
    where: str


def _keys_of(kind: Kind) -> tuple[str, ...]:
    """The parts a kind has: one for a count, two when numerator and base are different facts, else three."""
    row_counts = kind.row_counts
    if len(row_counts) == 1:
        return (DENOMINATOR,)
    if row_counts[0].fact != row_counts[-1].fact:
        return (NUMERATOR, DENOMINATOR)
    return (NUMERATOR, REST, DENOMINATOR)


def parts_of(metric: Metric, dating: str) -> dict[str, Part]:
    """Every part of a metric by key, in the order in which a reader wants them."""
    kind = metric.kind_for(dating)
    narrow, wide = kind.row_counts[0], kind.row_counts[-1]
    parts = {
        NUMERATOR: Part(NUMERATOR, narrow.description, narrow.fact, narrow.where),
        REST: Part(
            REST,
            _REST_WORDS.get(metric.key, f"the rest of the {wide.description}"),
            wide.fact,
            f"({wide.where}) and ({narrow.where}) is not true",
        ),
        DENOMINATOR: Part(DENOMINATOR, wide.description, wide.fact, wide.where),
    }
    return {key: parts[key] for key in _keys_of(kind)}


def chosen_part(metric: Metric, dating: str, key: str | None) -> Part:
    """The part of that key; with none, the one in which something went wrong, else the whole."""
    parts = parts_of(metric, dating)
    if key in parts:
        return parts[key]
    if metric.good == "up" and REST in parts:
        return parts[REST]
    if metric.good == "down" and NUMERATOR in parts:
        return parts[NUMERATOR]
    return parts[DENOMINATOR]
