"""Exposure: more escalations among the exposed than the same mix of others would have had.

Excess = observed − Σ over strata of n exposed × the unexposed rate of that stratum. It is an
association: whatever else the exposed have in common, beside their stratum, is in it too.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from dashboard.stats.intervals import Z

Parts = tuple[int, int]
"""Escalated episodes and all episodes of one side of a stratum."""


@dataclass(frozen=True)
class Stratum:
    """One topic and channel: its episodes with the exposure and without it."""

    topic: str | None
    channel: str | None
    exposed: Parts
    unexposed: Parts

    @property
    def expected(self) -> float:
        """Escalations among the exposed at the rate of the unexposed, of whom there must be some."""
        return self.exposed[1] * self.unexposed[0] / self.unexposed[1]

    @property
    def variance(self) -> float:
        """Of observed − expected: both sides binomial and independent of one another."""
        (_, n), (_, others) = self.exposed, self.unexposed
        return n * _spread(self.exposed) + n * n * _spread(self.unexposed) / others


@dataclass(frozen=True)
class Exposure:
    """What is observed among the exposed against what is expected, over the strata that can tell.

    `episodes` and `observed` are the exposed episodes there and their escalations; `others` the
    unexposed episodes they are compared with. `low` and `high`: the 95 % interval of the excess.
    `without_others`: excluded exposed episodes and escalations: those of strata without unexposed ones.
    """

    episodes: int
    observed: int
    expected: float
    low: float
    high: float
    others: int
    strata: int
    without_others: Parts

    @property
    def excess(self) -> float:
        return self.observed - self.expected

    @property
    def is_clear(self) -> bool:
        """Whether the interval of the excess excludes zero."""
        return self.low > 0 or self.high < 0


def exposure(strata: Iterable[Stratum]) -> Exposure | None:
    """The comparison over `strata`; None where no exposed episode has an unexposed one beside it.

    The interval is normal, from the binomial variance of the observed and that of the expected,
    which rests on rates measured in the unexposed. Episodes count as independent.
    """
    exposed = [stratum for stratum in strata if stratum.exposed[1]]
    comparable = [stratum for stratum in exposed if stratum.unexposed[1]]
    if not comparable:
        return None
    alone = [stratum for stratum in exposed if not stratum.unexposed[1]]
    observed = sum(stratum.exposed[0] for stratum in comparable)
    expected = sum(stratum.expected for stratum in comparable)
    half = Z * math.sqrt(sum(stratum.variance for stratum in comparable))
    return Exposure(
        sum(stratum.exposed[1] for stratum in comparable),
        observed,
        expected,
        observed - expected - half,
        observed - expected + half,
        sum(stratum.unexposed[1] for stratum in comparable),
        len(comparable),
        (sum(s.exposed[0] for s in alone), sum(s.exposed[1] for s in alone)),
    )


def _spread(parts: Parts) -> float:
    part, whole = parts
    # One escalation and one contained episode more: a stratum of 0 out of 3 is not certain.
    share = (part + 1) / (whole + 2)
    return share * (1 - share)
