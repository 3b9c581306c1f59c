"""Why a rate moved: the exact split of its change into mix and rate, segment by segment.

ΔR = Σ (w₁−w₀)(r̄−R̄) + Σ w̄ (r₁−r₀), w a segment's share of the denominator, r its rate, bars the mean of
the two periods. Done in fractions, so that the parts sum to the change without a remainder.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Generic, TypeVar

Segment = TypeVar("Segment")
Parts = tuple[int, int]
"""Numerator and denominator of one segment in one period."""


@dataclass(frozen=True)
class Contribution(Generic[Segment]):
    """What one segment adds to the change of the whole, as shares (0.01 is a point).

    `mix`: it became a larger or smaller part; `rate`: its own rate moved. `before` and `after` are
    its numerators and denominators.
    """

    segment: Segment
    mix: Fraction
    rate: Fraction
    before: Parts
    after: Parts

    @property
    def total(self) -> Fraction:
        return self.mix + self.rate


@dataclass(frozen=True)
class Split(Generic[Segment]):
    """The whole in both periods, and the segments by the size of their contribution, largest first."""

    before: Parts
    after: Parts
    contributions: tuple[Contribution[Segment], ...]

    @property
    def change(self) -> Fraction:
        return Fraction(*self.after) - Fraction(*self.before)

    @property
    def mix(self) -> Fraction:
        return sum((part.mix for part in self.contributions), Fraction())

    @property
    def rate(self) -> Fraction:
        return sum((part.rate for part in self.contributions), Fraction())


def split_change(
    before: Mapping[Segment, Parts], after: Mapping[Segment, Parts]
) -> Split[Segment] | None:
    """Split the change of a rate between two periods; None where one of them has no denominator.

    Both map each segment to its numerator and denominator. A segment absent from one period has no
    rate there; its rate of the other period stands for it, so all it contributes is mix.
    """
    whole_before, whole_after = _whole(before), _whole(after)
    if not whole_before[1] or not whole_after[1]:
        return None
    middle = (Fraction(*whole_before) + Fraction(*whole_after)) / 2
    parts = []
    for segment in dict.fromkeys([*before, *after]):
        old, new = before.get(segment, (0, 0)), after.get(segment, (0, 0))
        if not old[1] and not new[1]:
            continue
        old_rate = Fraction(*(old if old[1] else new))
        new_rate = Fraction(*(new if new[1] else old))
        old_share = Fraction(old[1], whole_before[1])
        new_share = Fraction(new[1], whole_after[1])
        mix = (new_share - old_share) * ((old_rate + new_rate) / 2 - middle)
        rate = (old_share + new_share) / 2 * (new_rate - old_rate)
        parts.append(Contribution(segment, mix, rate, old, new))
    parts.sort(key=lambda part: -abs(part.total))
    return Split(whole_before, whole_after, tuple(parts))


def rounded_to_sum(parts: list[Fraction], digits: int) -> list[float]:
    """`parts` rounded to `digits` decimals so that they still sum to their rounded sum.

    By largest remainder: what people add up on a projector adds up.
    """
    unit = Fraction(10) ** digits
    floors = [part * unit // 1 for part in parts]
    missing = round(sum(parts, Fraction()) * unit) - sum(floors)
    by_remainder = sorted(range(len(parts)), key=lambda i: floors[i] - parts[i] * unit)
    for i in by_remainder[:missing]:
        floors[i] += 1
    return [float(Fraction(whole) / unit) for whole in floors]


def _whole(segments: Mapping[Segment, Parts]) -> Parts:
    return sum(part for part, _ in segments.values()), sum(whole for _, whole in segments.values())
