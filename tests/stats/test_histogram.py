"""Quantiles from a histogram: worked out by hand, and within the error it states of numpy's."""

import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.stats.histogram import ERROR, STEP, quantile


def bin_of(value: float) -> int:
    return math.ceil(math.log(max(value, 0.01)) / math.log(STEP))


def test_nothing_counted_is_unknown():
    assert quantile({}, 0.5) is None
    assert quantile({3: 0}, 0.5) is None


def test_a_value_stands_for_the_middle_of_its_bin():
    # 100 ms is more than 1.05^94 = 98.1 and at most 1.05^95 = 103.0; the middle is 100.55.
    assert bin_of(100) == 95
    assert quantile({95: 1}, 0.5) == pytest.approx(100.55, abs=0.01)


def test_between_two_values_it_is_interpolated():
    # Two values, 1.05^-0.5 and 1.05^94.5: the median lies half way between them.
    middle = (STEP**-0.5 + STEP**94.5) / 2
    assert quantile({0: 1, 95: 1}, 0.5) == pytest.approx(middle)
    assert quantile({0: 3, 95: 1}, 0.5) == pytest.approx(STEP**-0.5)


@given(
    st.lists(st.floats(0.01, 1e10), min_size=1, max_size=200),
    st.sampled_from([0.0, 0.5, 0.95, 1.0]),
)
def test_it_is_within_its_error_of_the_exact_quantile(values: list[float], q: float):
    found = quantile(Counter(map(bin_of, values)), q)
    # A value on the very edge of a bin may fall on either side of it.
    assert found == pytest.approx(np.quantile(values, q), rel=ERROR + 1e-9)
