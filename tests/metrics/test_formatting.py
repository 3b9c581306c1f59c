"""Figures in words."""

from datetime import UTC, datetime, timedelta

import pytest

from dashboard.metrics.formatting import (
    change_text,
    count_text,
    duration_text,
    instant_words,
    length_words,
    range_text,
    value_text,
)


@pytest.mark.parametrize(
    ("unit", "value", "text"),
    [
        ("share", 0.7144, "71.4 %"),
        ("share", 0.0, "0.0 %"),
        ("share", None, "–"),
        ("share", float("nan"), "–"),
        ("count", 12345, "12,345"),
        ("per 100", 31.25, "31.2 per 100"),
        ("seconds", 250, "4 min 10 s"),
        ("milliseconds", 950.4, "950 ms"),
        ("milliseconds", 30_000, "30 s"),
        ("score", 4.333, "4.33"),
    ],
)
def test_value(unit, value, text):
    assert value_text(unit, value) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 s"),
        (59.4, "59 s"),
        (59.6, "1 min"),
        (60, "1 min"),
        (250, "4 min 10 s"),
        (3599.7, "1 h"),
        (3600, "1 h"),
        (11_100, "3 h 5 min"),
        (86_400, "1 d"),
        (187_200, "2 d 4 h"),
        (8_640_000, "100 d"),
    ],
)
def test_duration(seconds, text):
    assert duration_text(seconds) == text


def test_ranges_and_changes():
    assert range_text("share", 0.681, 0.74) == "68.1–74.0 %"
    assert range_text("share", -0.013, 0.005) == "−1.3 to 0.5 %"
    assert range_text("per 100", 20.5, 26.9) == "20.5–26.9 per 100"
    assert range_text("count", 3, 1200) == "3–1,200"
    assert range_text("seconds", 60, 250) == "1 min – 4 min 10 s"
    assert change_text("share", -0.041) == "−4.1 points"
    assert change_text("share", 0.041) == "+4.1 points"
    assert change_text("seconds", 180) == "+3 min"


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (timedelta(hours=1), "last hour"),
        (timedelta(hours=4), "last 4 hours"),
        (timedelta(hours=24), "last 24 hours"),
        (timedelta(days=7), "last 7 days"),
        (timedelta(weeks=4), "last 4 weeks"),
        (timedelta(minutes=90), "last 90 minutes"),
    ],
)
def test_window(length, words):
    assert length_words(length) == words


def test_counts_and_instants():
    assert count_text(1, "rating") == "1 rating"
    assert count_text(1204, "rating") == "1,204 ratings"
    instant = datetime(2026, 3, 2, 8, 40, tzinfo=UTC)
    assert instant_words(instant, "Europe/Berlin") == "Mon 2 Mar 2026, 09:40"
