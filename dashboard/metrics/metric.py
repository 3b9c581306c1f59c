"""One entry of the metric registry."""

from dataclasses import KW_ONLY, dataclass

from dashboard.metrics.dimension import Dimension
from dashboard.metrics.facts import FACTS
from dashboard.metrics.figure import Aggregate, Kind
from dashboard.metrics.formatting import lower_first, upper_first


@dataclass(frozen=True)
class Metric:
    """One definition. `kind` is what is computed.

    `definition` is one sentence for people, needed where the descriptions of what is counted do not say
    it all; empty, it is made from those. `excludes` names what is left out, without a full stop.

    `unit`: count, share (0..1, shown in per cent), per 100, seconds, milliseconds or score.
    `good`: the better direction, `up`, `down` or `neither`. Below `minimum_n` no change is marked.
    `by_event` is the same metric dated by its own event instead of the episode's start. `cards_on` and
    `trend_on` name the pages on which it stands as a card, and as a choice of the trend and the breakdown.
    """

    key: str
    label: str
    _: KW_ONLY
    group: str
    kind: Kind
    unit: str
    good: str
    excludes: str
    definition: str = ""
    by_event: Kind | None = None
    minimum_n: int = 30
    cards_on: tuple[str, ...] = ()
    trend_on: tuple[str, ...] = ()

    def kind_for(self, dating: str) -> Kind:
        """The computation dated by `episode` (the default everywhere) or by `event`."""
        return self.by_event if dating == "event" and self.by_event else self.kind

    def aggregates(self) -> dict[Aggregate, None]:
        """Every aggregate that it needs, dated either way."""
        kinds = (self.kind, self.by_event)
        return dict.fromkeys(a for kind in kinds if kind for a in kind.asked())

    @property
    def facts(self) -> tuple[str, ...]:
        return tuple(self.kind.aggregates())

    @property
    def description(self) -> str:
        """The definition as a sentence."""
        return self.definition or f"{upper_first(self.kind.description)}."

    @property
    def exclusions(self) -> str:
        """What is left out, as a sentence."""
        return f"Excludes {lower_first(self.excludes)}."

    @property
    def numerator(self) -> str:
        return self.kind.row_counts[0].description

    @property
    def denominator(self) -> str:
        return self.kind.row_counts[-1].description

    @property
    def dimensions(self) -> tuple[Dimension, ...]:
        """What it can be broken down by: the dimensions that all of its facts have.

        The base of a figure per 100 may lack some; then it is not broken down by those.
        """
        first, *others = (FACTS[fact] for fact in self.facts if not FACTS[fact].is_base)
        shared = [{dimension.key for dimension in fact.dimensions} for fact in others]
        return tuple(d for d in first.dimensions if all(d.key in keys for keys in shared))
