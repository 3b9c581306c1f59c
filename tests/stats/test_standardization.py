"""A rate over strata that are weighted by something other than their own size."""

import pytest

from dashboard.stats.standardization import standardised


def test_by_hand():
    # 0.25 × 1/2 + 0.75 × 3/4 = 0.6875. Shares for the spread: (1 + 1) / (2 + 2) = 1/2 of 2 and
    # (3 + 1) / (4 + 2) = 2/3 of 4: 1/16 × 1/4 / 2 + 9/16 × 2/9 / 4 = 1/128 + 1/32 = 5/128.
    rate, spread = standardised({"a": (1, 2), "b": (3, 4)}, {"a": 0.25, "b": 0.75})
    assert (rate, spread) == pytest.approx((0.6875, (5 / 128) ** 0.5))


def test_by_its_own_sizes_it_is_the_plain_rate():
    strata = {"a": (3, 10), "b": (30, 40)}
    assert standardised(strata, {"a": 0.2, "b": 0.8})[0] == pytest.approx(33 / 50)


def test_a_stratum_without_a_weight_says_nothing():
    assert standardised({"a": (3, 10), "b": (0, 0)}, {"a": 1.0})[0] == pytest.approx(0.3)


def test_three_of_three_are_not_certain():
    assert standardised({"a": (3, 3)}, {"a": 1.0}) == (1.0, pytest.approx((4 / 75) ** 0.5))
