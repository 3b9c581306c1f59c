"""Excess escalations among the exposed: the arithmetic, worked out by hand."""

import math

import numpy as np
import pytest

from dashboard.stats.exposure import Stratum, exposure
from tests.present import present

BILLING = Stratum("billing", "chat", exposed=(3, 4), unexposed=(2, 10))
SETUP = Stratum("setup", "email", exposed=(1, 2), unexposed=(1, 4))
ALONE = Stratum("rare", "voice", exposed=(1, 1), unexposed=(0, 0))
UNTOUCHED = Stratum("billing", "email", exposed=(0, 0), unexposed=(5, 9))


def test_observed_against_the_unexposed_of_the_same_stratum():
    found = present(exposure([BILLING, SETUP, ALONE, UNTOUCHED]))
    # 4 × 2/10 and 2 × 1/4.
    assert found.expected == pytest.approx(0.8 + 0.5)
    assert (found.observed, found.episodes, found.others, found.strata) == (4, 6, 14, 2)
    assert found.excess == pytest.approx(2.7)
    assert found.without_others == (1, 1)


def test_its_interval():
    found = present(exposure([BILLING, SETUP, ALONE, UNTOUCHED]))
    # One success and one failure more on each side. billing: 4/6 of 4, 3/12 of 10; setup: 2/4 of 2,
    # 2/6 of 4. Variance n p (1 − p) of the observed, n² p (1 − p) / others of the expected.
    variance = 4 * (2 / 3 * 1 / 3) + 16 * (1 / 4 * 3 / 4) / 10 + 2 * (1 / 4) + 4 * (2 / 9) / 4
    assert variance == pytest.approx(1.91111, abs=1e-5)
    half = 1.959964 * math.sqrt(variance)
    assert (found.low, found.high) == pytest.approx((2.7 - half, 2.7 + half))
    assert (found.low, found.high) == pytest.approx((-0.0095, 5.4095), abs=1e-4)
    assert not found.is_clear


def test_many_more_than_expected_is_clear_on_either_side():
    assert present(exposure([Stratum("a", "chat", (40, 50), (100, 500))])).is_clear
    fewer = present(exposure([Stratum("a", "chat", (0, 100), (250, 500))]))
    assert fewer.is_clear
    assert fewer.high < 0


def test_what_cannot_be_compared_is_none():
    assert exposure([]) is None
    assert exposure([ALONE]) is None
    assert exposure([UNTOUCHED]) is None


def test_the_interval_is_never_empty():
    found = present(exposure([Stratum("a", "chat", (0, 3), (0, 3))]))
    assert found.excess == 0
    assert found.low < 0 < found.high


@pytest.mark.parametrize(("exposed", "unexposed"), [(3, 60), (12, 200)])
def test_where_there_is_no_effect_the_interval_holds_zero_nineteen_times_in_twenty(
    exposed: int, unexposed: int
):
    chance = np.random.default_rng(7)
    held = 0
    for _ in range(600):
        rates = chance.uniform(0.05, 0.5, 12)
        ones = chance.poisson(exposed, 12)
        strata = [
            Stratum(
                str(place),
                "chat",
                (int(chance.binomial(n, rate)), int(n)),
                (int(chance.binomial(unexposed, rate)), unexposed),
            )
            for place, (n, rate) in enumerate(zip(ones, rates, strict=True))
        ]
        found = present(exposure(strata))
        held += found.low <= 0 <= found.high
    assert 0.935 <= held / 600 <= 0.99
