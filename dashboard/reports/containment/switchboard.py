"""The same episodes under three rules of success, and the episodes on which the rules disagree."""

from dataclasses import dataclass

import pandas as pd

from dashboard.query.measure import measure
from dashboard.scope import Scope

RULES = (
    ("By event", "containment_rate", "No handoff and no human reply."),
    ("By resolution", "resolution_rate", "The customer confirmed, or went silent after an answer."),
    ("Durable", "durable_resolution_rate_72h", "Resolved, with no new episode within 72 hours."),
)
"""Name, metric and the rule in words, from the most generous to the strictest."""


@dataclass(frozen=True)
class Disagreement:
    """Episodes that one rule calls a success and the next does not: how many, and how to list them.

    `metric` and `part` as in a link to the list; `outcomes` narrow it further.
    """

    words: str
    count: int
    metric: str
    part: str
    outcomes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Switchboard:
    """`figures`: as `measure` gives them, a row per rule; `disagreements` between neighbours."""

    figures: pd.DataFrame
    disagreements: list[Disagreement]


def switchboard(scope: Scope) -> Switchboard:
    """All rules over `scope`. The errors of `measure` pass through."""
    figures = measure([metric for _, metric, _ in RULES], scope)
    by_key = figures.set_index("metric")
    contained = by_key.loc["containment_rate"]
    resolved = by_key.loc["resolution_rate"]
    durable = by_key.loc["durable_resolution_rate_72h"]
    return Switchboard(
        figures,
        [
            Disagreement(
                "contained but not resolved (abandoned or ambiguous)",
                int(contained["numerator"] - resolved["numerator"]),
                "containment_rate",
                "numerator",
                ("abandoned", "ambiguous"),
            ),
            Disagreement(
                "resolved, but with a new episode of the account within 72 hours",
                int(durable["denominator"] - durable["numerator"]),
                "durable_resolution_rate_72h",
                "rest",
            ),
        ],
    )
