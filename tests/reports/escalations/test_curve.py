"""The waiting curve of the page and the figures of the registry: the same waits."""

from dataclasses import replace

import numpy as np
import pytest

from dashboard.query.measure import measure
from dashboard.reports.escalations.time_to_human import MOST_STEPS, curve, curves
from dashboard.rollups.waits import Waited
from dashboard.scope import Scope
from dashboard.stats.survival import wait_times
from tests.conftest import Warehouse
from tests.metrics.hand_made import WEEK, fill
from tests.metrics.story import known, on
from tests.present import present

SCOPES = [
    WEEK,
    replace(WEEK, as_of=on("3 12:30")),
    WEEK.where("topic", "billing"),
    WEEK.where("topic", "nothing of the kind"),
    Scope(on("6 00:00"), on("9 00:00"), on("8 12:30")),
]


def waited(answered: list[float], censored: list[float], still: int) -> Waited:
    return Waited(wait_times(answered), wait_times(censored), still)


@pytest.fixture(scope="module", autouse=True)
def _filled(warehouse: Warehouse) -> None:
    fill(warehouse)


def test_the_curve_by_hand():
    # Answered after 300, 600, 1800 and 2400 s of six; c18 left after 2400, c11 still waits: after the
    # last 1/3 is left. c17's times are placed.
    whole, queues = curves(WEEK)
    assert (whole.n, whole.answered, whole.open, whole.ended) == (6, 4, 1, 1)
    assert list(whole.times) == [300, 600, 1800, 2400, 171_000]
    assert list(whole.waiting) == pytest.approx([5 / 6, 4 / 6, 3 / 6, 1 / 3, 1 / 3])
    assert {queue: found.n for queue, found in queues.items()} == {"tier2": 3, "tier1": 2, None: 1}


def test_how_many_waited_longer():
    whole, _ = curves(WEEK)
    marks = {mark.seconds: (mark.waiting, mark.longer) for mark in whole.milestones}
    # Before 300 s nobody was answered; the curve starts with the first answer.
    assert min(marks) == 300
    assert marks[600] == (pytest.approx(4 / 6), 4)
    assert marks[3600] == (pytest.approx(1 / 3), 1)
    assert max(marks) == 86_400  # c11 waits for 47.5 hours


@pytest.mark.parametrize("scope", SCOPES)
def test_its_quantiles_are_the_figures(scope: Scope):
    whole, queues = curves(scope)
    for group, inside in [
        (whole, scope),
        *((found, scope.where("queue", queue)) for queue, found in queues.items()),
    ]:
        figures = measure(["time_to_human_p50", "time_to_human_p90"], inside).set_index("metric")
        for q, key in ((0.5, "time_to_human_p50"), (0.9, "time_to_human_p90")):
            assert group.quantiles[q].value == known(figures.loc[key, "value"])
            assert group.n == figures.loc[key, "n"]
            assert group.answered == (known(figures.loc[key, "numerator"]) or 0)


@pytest.mark.parametrize(
    ("scope", "still_open", "ended"),
    [
        (SCOPES[0], 1, 1),  # c11 waits, c18 left
        (SCOPES[1], 1, 0),  # c03
        (SCOPES[2], 0, 0),
        (SCOPES[3], 0, 0),
        (SCOPES[4], 2, 1),  # c11 and c14 wait; c19 asks after its end
    ],
)
def test_who_still_waits_at_the_asking(scope: Scope, still_open: int, ended: int):
    whole, _ = curves(scope)
    assert (whole.open, whole.ended) == (still_open, ended)


def test_a_long_curve_is_thinned_and_its_figures_are_not():
    waits = waited([float(second) for second in range(1, 5001)], [6000.0], 1)
    found = curve(waits)
    assert len(found.times) == MOST_STEPS + 1
    assert (found.times[0], found.times[-1]) == (1, 6000)
    assert np.all(np.diff(found.times) > 0)
    # 5,001 wait: half of them are answered by the 2,501st.
    assert found.quantiles[0.5].value == 2501
    assert found.n == 5001
    half = found.quantiles[0.5]
    assert present(half.low) < 2501 < present(half.high)


def test_nobody_at_all():
    found = curve(waited([], [], 0))
    assert (found.n, len(found.times), found.milestones) == (0, 0, ())
    assert found.quantiles[0.5].value is None


def test_all_still_waiting():
    found = curve(waited([], [60.0, 120.0], 2))
    assert (found.n, found.answered, found.open, found.ended) == (2, 0, 2, 0)
    assert found.quantiles[0.9].value is None
