"""Who rates and who does not: response by outcome, and what CSAT would be if all answered alike."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from dashboard.query.measure import measure
from dashboard.scope import Scope
from dashboard.stats.intervals import Z
from dashboard.stats.standardization import standardised

_METRICS = ["csat_response_rate", "csat"]


@dataclass(frozen=True)
class Group:
    """One outcome: `ended` episodes, of these `rated`; `satisfied` of `ratings`.

    `ratings` may pass `rated`: an episode can be rated before it ends.
    """

    outcome: str
    ended: int
    rated: int
    satisfied: int
    ratings: int
    low: float
    high: float

    @property
    def response(self) -> float:
        return self.rated / self.ended


@dataclass(frozen=True)
class Reweighted:
    """CSAT as it would be if every outcome had answered at the same rate, with its 95 % interval.

    `covered`: the share of the ended episodes whose outcome has any rating; the rest says nothing.
    """

    value: float
    low: float
    high: float
    covered: float


@dataclass(frozen=True)
class ResponseBias:
    """`groups`: the outcomes that can be rated, the most ended first. `response` and `csat`: the figures
    of all, rows of `measure`. `reweighted` is None without a rating."""

    groups: list[Group]
    response: pd.Series
    csat: pd.Series
    reweighted: Reweighted | None


def response_bias(scope: Scope) -> ResponseBias:
    """Response and CSAT by outcome, dated by the episode. The errors of `measure` pass through."""
    whole = measure(_METRICS, scope).set_index("metric")
    rows = measure(_METRICS, scope, by=["outcome"])
    response = rows[rows["metric"] == "csat_response_rate"].set_index("outcome")
    csat = rows[rows["metric"] == "csat"].set_index("outcome")
    groups = [
        Group(
            outcome,
            int(row["denominator"]),
            int(row["numerator"]),
            int(csat.loc[outcome, "numerator"]),
            int(csat.loc[outcome, "denominator"]),
            float(row["low"]),
            float(row["high"]),
        )
        for outcome, row in response[response["n"] > 0].iterrows()
    ]
    groups.sort(key=lambda group: (-group.ended, group.outcome))
    return ResponseBias(
        groups, whole.loc["csat_response_rate"], whole.loc["csat"], reweighted(groups)
    )


def reweighted(groups: Sequence[Group]) -> Reweighted | None:
    """Σ (ended of the outcome / all ended) × (satisfied / ratings of the outcome).

    Outcomes without a rating are left out of both sums.
    """
    known = [group for group in groups if group.ratings]
    covered = sum(group.ended for group in known)
    if not covered:
        return None
    weights = {group.outcome: group.ended / covered for group in known}
    strata = {group.outcome: (group.satisfied, group.ratings) for group in known}
    rate, spread = standardised(strata, weights)
    return Reweighted(
        rate,
        max(0.0, rate - Z * spread),
        min(1.0, rate + Z * spread),
        covered / sum(group.ended for group in groups),
    )
