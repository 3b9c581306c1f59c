"""Two agent versions compared on the same mix of topics: what is left is the version."""

import math
from dataclasses import dataclass

from dashboard.metrics.kinds import Share
from dashboard.metrics.metric import Metric
from dashboard.metrics.registry import find_metric
from dashboard.query.measure import measure
from dashboard.scope import Scope
from dashboard.stats.intervals import Z, newcombe
from dashboard.stats.standardization import standardised


@dataclass(frozen=True)
class TopicPair:
    """One topic under both versions: numerators and denominators, and the interval of the difference.

    `difference` is second − first; the interval is Newcombe's, 95 %.
    """

    topic: str | None
    first: tuple[int, int]
    second: tuple[int, int]
    difference: float
    low: float
    high: float

    @property
    def is_clear(self) -> bool:
        return self.low > 0 or self.high < 0


@dataclass(frozen=True)
class Comparison:
    """Both versions' rates over the topics they share, each topic weighted by its pooled volume.

    `rates` and their difference carry 95 % intervals (normal, from the strata's binomial variances);
    `covered` is the share of all episodes of the two versions that is in shared topics.
    """

    metric: Metric
    versions: tuple[str, str]
    rates: tuple[tuple[float, float, float], tuple[float, float, float]]
    difference: tuple[float, float, float]
    covered: float
    topics: list[TopicPair]


def known_versions(scope: Scope) -> list[str]:
    """The agent versions with involved episodes in `scope`, the most used first."""
    rows = measure(["containment_rate"], scope, by=["version"])
    rows = rows[[version is not None for version in rows["version"]]]
    return list(rows.sort_values("n", ascending=False)["version"])


def compare_versions(key: str, scope: Scope, first: str, second: str) -> Comparison | None:
    """Compare a share between two versions; None where they share no topic."""
    metric = find_metric(key)
    assert isinstance(metric.kind, Share)
    figures = measure([key], scope.where("version", first, second), by=["version", "topic"])
    strata = {
        version: {
            row.topic: (int(row.numerator), int(row.denominator))
            for row in figures[figures["version"] == version].itertuples()
            if row.denominator
        }
        for version in (first, second)
    }
    shared = [topic for topic in strata[first] if topic in strata[second]]
    if not shared:
        return None
    pairs = [_pair(topic, strata[first][topic], strata[second][topic]) for topic in shared]
    pooled = {pair.topic: pair.first[1] + pair.second[1] for pair in pairs}
    total = sum(pooled.values())
    weights = {topic: n / total for topic, n in pooled.items()}
    rates = tuple(standardised(strata[version], weights) for version in (first, second))
    spread = math.hypot(*(spread for _, spread in rates))
    gap = rates[1][0] - rates[0][0]
    everything = sum(n for version in strata.values() for _, n in version.values())
    return Comparison(
        metric,
        (first, second),
        (_interval(*rates[0]), _interval(*rates[1])),
        _interval(gap, spread),
        total / everything,
        sorted(pairs, key=lambda pair: -abs(pair.difference) * math.sqrt(pooled[pair.topic])),
    )


def _interval(rate: float, error: float) -> tuple[float, float, float]:
    return rate, rate - Z * error, rate + Z * error


def _pair(topic: str | None, first: tuple[int, int], second: tuple[int, int]) -> TopicPair:
    low, high = newcombe(second, first)
    return TopicPair(topic, first, second, second[0] / second[1] - first[0] / first[1], low, high)
