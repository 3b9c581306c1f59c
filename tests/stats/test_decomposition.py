"""The split of a change: worked out by hand once, and exact for whatever comes."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from dashboard.stats.decomposition import rounded_to_sum, split_change
from tests.present import present


def test_by_hand():
    # Before: a 80/100, b 20/100 → 100/200 = 0.5.   After: a 40/50, b 60/150 → 100/200 = 0.5.
    # w_a 0.5 → 0.25, w_b 0.5 → 0.75; r_a 0.8 → 0.8, r_b 0.2 → 0.4; R̄ = 0.5.
    # a: mix (0.25−0.5)(0.8−0.5) = −0.075, rate 0.375·0   =  0
    # b: mix (0.75−0.5)(0.3−0.5) = −0.05,  rate 0.625·0.2 = +0.125          sum: 0
    split = present(split_change({"a": (80, 100), "b": (20, 100)}, {"a": (40, 50), "b": (60, 150)}))
    found = {part.segment: (part.mix, part.rate) for part in split.contributions}
    assert found == {
        "a": (Fraction(-75, 1000), 0),
        "b": (Fraction(-50, 1000), Fraction(125, 1000)),
    }
    assert split.change == 0
    assert split.mix + split.rate == 0


def test_a_segment_that_is_new_adds_mix_alone():
    # Before: a 50/100 = 0.5. After: a 50/100, b 0/100 → 0.25. R̄ = 0.375.
    # a: mix (0.5−1)(0.5−0.375) = −0.0625; b: mix 0.5·(0−0.375) = −0.1875. Together −0.25.
    split = present(split_change({"a": (50, 100)}, {"a": (50, 100), "b": (0, 100)}))
    found = {part.segment: (float(part.mix), float(part.rate)) for part in split.contributions}
    assert found == {"b": (-0.1875, 0), "a": (-0.0625, 0)}


def test_nothing_to_compare():
    assert split_change({}, {"a": (1, 2)}) is None
    assert split_change({"a": (0, 0)}, {"a": (1, 2)}) is None


parts = st.integers(0, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
periods = st.dictionaries(st.sampled_from("abcdefgh"), parts)


@given(periods, periods)
def test_the_parts_sum_to_the_change_exactly(before, after):
    split = split_change(before, after)
    if split is None:
        return
    whole = [
        Fraction(sum(part for part, _ in period.values()), sum(n for _, n in period.values()))
        for period in (before, after)
    ]
    assert split.change == whole[1] - whole[0]
    assert sum(part.total for part in split.contributions) == split.change


@given(st.lists(st.fractions(-1, 1, max_denominator=10_000), max_size=20), st.integers(0, 4))
def test_rounded_parts_sum_to_the_rounded_sum(values, digits):
    rounded = rounded_to_sum(values, digits)
    assert round(sum(rounded), digits + 2) == float(round(sum(values, Fraction()), digits))
    assert all(abs(r - v) <= 10**-digits for r, v in zip(rounded, values, strict=True))
