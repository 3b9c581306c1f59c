"""Intervals against published values and their own defining equations, never against the code."""

import math

import pytest

from dashboard.metrics.figure import RowCount
from dashboard.metrics.kinds import Count, PerHundred, Product, Share
from dashboard.stats.intervals import byar, newcombe, normal, wilson

Z = 1.959964


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    [
        # Newcombe 1998, Statistics in Medicine 17, 857–872, table I, method 3.
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_as_published(part: int, whole: int, low: float, high: float):
    assert wilson(part, whole) == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize(("part", "whole"), [(1, 2), (3, 7), (0, 1), (99, 100), (5000, 90_000)])
def test_wilson_solves_its_equation(part: int, whole: int):
    # Each end is the p at which the observed share lies just z standard errors away.
    share = part / whole
    ends = [end for end in wilson(part, whole) if 0 < end < 1]
    assert len(ends) == (2 if 0 < part < whole else 1)
    for end in ends:
        assert abs(share - end) == pytest.approx(Z * math.sqrt(end * (1 - end) / whole), rel=1e-6)


@pytest.mark.parametrize("whole", [1, 2, 10, 1000])
def test_wilson_stays_between_nought_and_one_and_mirrors(whole: int):
    for part in {0, 1, whole}:
        low, high = wilson(part, whole)
        assert 0 <= low <= part / whole <= high <= 1
        assert wilson(whole - part, whole) == pytest.approx((1 - high, 1 - low))


@pytest.mark.parametrize(
    ("events", "low", "high"),
    [
        # The exact Poisson limits (Pearson and Hartley, table 40), which Byar's come close to.
        (0, 0.0, 3.689),
        (1, 0.025, 5.572),
        (7, 2.814, 14.423),
        (10, 4.795, 18.391),
        (30, 20.241, 42.827),
    ],
)
def test_byar_is_close_to_the_exact_poisson_limits(events: int, low: float, high: float):
    assert byar(events) == pytest.approx((low, high), abs=0.025)


def test_byar_by_hand():
    # 10 (1 − 1/90 − 1.959964/(3√10))³ and 11 (1 − 1/99 + 1.959964/(3√11))³.
    assert byar(10) == pytest.approx((4.787450, 18.391459), abs=1e-5)


@pytest.mark.parametrize(
    ("first", "second", "low", "high"),
    [
        # Newcombe 1998, Statistics in Medicine 17, 873–890, table II, method 10.
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((10, 10), (0, 10), 0.6075, 1.0),
        ((5, 56), (0, 29), -0.0381, 0.1926),
    ],
)
def test_newcombe_as_published(first: tuple, second: tuple, low: float, high: float):
    assert newcombe(first, second) == pytest.approx((low, high), abs=5e-5)


def test_newcombe_turned_round_is_the_negative():
    low, high = newcombe((12, 40), (30, 50))
    assert newcombe((30, 50), (12, 40)) == pytest.approx((-high, -low))


def test_normal_by_hand():
    # 10 ± 1.959964 × 2 / √16.
    assert normal(10, 2, 16) == pytest.approx((9.020018, 10.979982))
    assert normal(10, None, 1) == normal(10, 2, 1) == (None, None)


def test_figures_of_nothing_are_unknown():
    part, whole = RowCount("episodes", "part", "is_resolved"), RowCount("episodes", "whole")
    assert Share(part, whole).figure({}).value is None
    assert PerHundred(part, whole).figure({}).value is None
    assert Product(Share(part, whole), Share(part, whole)).figure({}).value is None
    assert Count(part).figure({}).value == 0


def test_a_product_of_certainties_is_certain():
    part, whole = RowCount("episodes", "part", "is_resolved"), RowCount("episodes", "whole")
    sums = {part.aggregate.name: 5, whole.aggregate.name: 5}
    figure = Product(Share(part, whole), Share(part, whole)).figure(sums)
    assert (figure.value, figure.low, figure.high) == (1, 1, 1)


def test_the_interval_of_a_product_ends_at_one():
    # 0.9 × 0.9; exp(± 1.959964 √(2 × 0.1 / 9)) is 1.339336, and 0.81 × 1.339336 is above 1.
    part, whole = RowCount("episodes", "part", "is_resolved"), RowCount("episodes", "whole")
    sums = {part.aggregate.name: 9, whole.aggregate.name: 10}
    figure = Product(Share(part, whole), Share(part, whole)).figure(sums)
    assert (figure.value, figure.low, figure.high) == pytest.approx((0.81, 0.604777, 1), abs=1e-6)
