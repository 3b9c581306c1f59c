"""Now against the same hours of earlier weeks: no mark without a difference that is more than noise."""

import pandas as pd
import pytest

from dashboard.metrics.registry import find_metric
from dashboard.reports.shared.normal import compare, stands_out


def shares(key: str, *parts: tuple[int, int]) -> pd.DataFrame:
    """Frame 0 first; each part is numerator and denominator."""
    return pd.DataFrame(
        [
            {
                "metric": key,
                "frame": frame,
                "value": part / whole if whole else None,
                "n": whole,
                "numerator": part,
                "denominator": whole,
            }
            for frame, (part, whole) in enumerate(parts)
        ]
    )


def counts(key: str, *values: int, bucket: int = 0) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "metric": key,
                "frame": frame,
                "bucket": bucket,
                "value": float(value),
                "n": value,
                "numerator": value,
                "denominator": None,
            }
            for frame, value in enumerate(values)
        ]
    )


EARLIER = [(70, 100), (72, 100), (68, 100), (71, 100), (69, 100), (74, 100)]


@pytest.mark.parametrize(
    ("now", "state"),
    [
        ((71, 100), "normal"),
        ((68, 100), "normal"),  # on the edge of the band
        ((66, 100), "unclear"),  # outside the band, but Newcombe's interval holds zero
        ((40, 100), "below"),
        ((95, 100), "above"),
        ((1, 20), "few"),  # far outside, on 20 episodes
        ((0, 0), "unknown"),
    ],
)
def test_a_share(now, state):
    normal = compare("containment_rate", shares("containment_rate", now, *EARLIER).itertuples(), 6)
    assert normal.state == state
    assert (normal.low, normal.high) == (0.68, 0.74)


def test_three_weeks_of_history_are_needed():
    figures = shares("containment_rate", (10, 100), *EARLIER)
    assert compare("containment_rate", figures.itertuples(), 2).state == "no history"
    assert compare("containment_rate", figures.itertuples(), 3).state == "below"


def test_a_week_without_episodes_is_no_part_of_the_band():
    figures = shares("containment_rate", (70, 100), (0, 0), *EARLIER[1:])
    normal = compare("containment_rate", figures.itertuples(), 6)
    assert (normal.low, normal.high) == (0.68, 0.74)


@pytest.mark.parametrize(
    ("values", "state"),
    [
        ((12, 9, 11, 10, 8, 12, 10), "normal"),
        ((14, 9, 11, 10, 8, 12, 10), "unclear"),  # above the band, within Poisson noise
        ((30, 9, 11, 10, 8, 12, 10), "above"),
        ((0, 9, 11, 10, 8, 12, 10), "below"),
        ((3, 0, 0, 1, 0, 0, 0), "few"),
    ],
)
def test_a_count(values, state):
    assert compare("escalations", counts("escalations", *values).itertuples(), 6).state == state


def test_worse_depends_on_the_good_direction():
    below = compare(
        "containment_rate", shares("containment_rate", (40, 100), *EARLIER).itertuples(), 6
    )
    above = compare("escalations", counts("escalations", 30, 9, 11, 10, 8, 12, 10).itertuples(), 6)
    assert below.is_worse(find_metric("containment_rate"))
    assert above.is_worse(find_metric("escalations"))
    assert not above.is_worse(find_metric("containment_rate"))


def test_only_hours_that_are_more_than_noise_stand_out():
    quiet = counts("escalations", 14, 9, 11, 10, 8, 12, 10, bucket=0)
    loud = counts("escalations", 40, 9, 11, 10, 8, 12, 10, bucket=1)
    trend = pd.concat([quiet, loud], ignore_index=True)
    assert stands_out("escalations", trend, 6) == [False, True]
    assert stands_out("escalations", trend, 0) == [False, False]
