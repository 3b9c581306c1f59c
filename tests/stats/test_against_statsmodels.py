"""What decides what a reader is told, held against an independent library."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.duration.survfunc import SurvfuncRight
from statsmodels.regression.linear_model import OLS
from statsmodels.stats.oaxaca import OaxacaBlinder
from statsmodels.stats.proportion import proportion_confint

from dashboard.stats.decomposition import split_change
from dashboard.stats.exposure import Stratum, exposure
from dashboard.stats.intervals import wilson
from dashboard.stats.survival import waiting_curve
from tests.chance import tries
from tests.present import present

some = tries(40)
parts = st.integers(1, 30).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


def zeros_and_ones(found: tuple[int, int]) -> list[float]:
    part, whole = found
    return [1.0] * part + [0.0] * (whole - part)


@some
@given(parts)
def test_wilson(found: tuple[int, int]):
    assert wilson(*found) == pytest.approx(proportion_confint(*found, method="wilson"), abs=1e-6)


@some
@given(st.lists(st.tuples(parts, parts), min_size=2, max_size=4))
def test_the_split_is_a_decomposition_at_the_mean_of_both_periods(
    periods: list[tuple[tuple[int, int], tuple[int, int]]],
):
    # Oaxaca's, with Reimers' weights: coefficients half way between the periods.
    outcomes, rows = [], []
    for period in (0, 1):
        for segment, found in enumerate(periods):
            for outcome in zeros_and_ones(found[period]):
                outcomes.append(outcome)
                rows.append([period, *(float(segment == other) for other in range(len(periods)))])
    model = OaxacaBlinder(np.array(outcomes), np.array(rows), 0, hasconst=True, swap=False)
    rate, mix, gap = model.two_fold(two_fold_type="self_submitted", submitted_weight=0.5).params
    before, after = ({i: found[p] for i, found in enumerate(periods)} for p in (0, 1))
    split = present(split_change(before, after))
    # The library explains how far the earlier period was ahead of the later one.
    ours = [-float(one) for one in (split.rate, split.mix, split.change)]
    assert ours == pytest.approx([rate, mix, gap], abs=1e-9)


@some
@given(st.lists(st.tuples(parts, parts), min_size=1, max_size=5))
def test_what_is_expected_is_what_a_model_of_the_unexposed_predicts(
    strata: list[tuple[tuple[int, int], tuple[int, int]]],
):
    def indicators(place: int, count: int) -> list[list[float]]:
        return [[float(place == other) for other in range(len(strata))]] * count

    unexposed = [one for _, others in strata for one in zeros_and_ones(others)]
    known = [row for i, (_, others) in enumerate(strata) for row in indicators(i, others[1])]
    exposed = [row for i, (own, _) in enumerate(strata) for row in indicators(i, own[1])]
    predicted = OLS(np.array(unexposed), np.array(known)).fit().predict(np.array(exposed)).sum()
    found = present(
        exposure(
            Stratum(f"topic {i}", "chat", own, others) for i, (own, others) in enumerate(strata)
        )
    )
    assert found.expected == pytest.approx(predicted, abs=1e-9)


@some
@given(
    st.lists(st.integers(1, 50).map(float), min_size=1, max_size=40),
    st.lists(st.integers(1, 50).map(float), max_size=20),
    st.sampled_from([0.5, 0.9]),
)
def test_the_waiting_curve(answered: list[float], waiting: list[float], q: float):
    theirs = SurvfuncRight(
        np.array(answered + waiting), np.array([1] * len(answered) + [0] * len(waiting))
    )
    curve = waiting_curve(answered, waiting)
    ours = dict(zip(curve.times, curve.shares, strict=True))
    for time, share in zip(theirs.surv_times, theirs.surv_prob, strict=True):
        assert ours[time] == pytest.approx(share, abs=1e-12)
    # Their quantile is the first time below; ours is None where the curve never gets there.
    below = theirs.surv_prob <= 1 - q + 1e-12
    reached = theirs.surv_times[below]
    assert curve.quantile(q) == (reached[0] if below.any() else None)
