"""The page's own figures: what is drawn for what is not measured, too short, or nothing at all."""

import pytest

from dashboard.charts.exposure import lag_figure
from dashboard.charts.latency import latency_figure
from dashboard.charts.sparkbars import sparkbars
from dashboard.charts.traces import SpanBar, trace_figure


def bar(start: float, duration: float | None, depth: int = 0, state: str = "ok") -> SpanBar:
    return SpanBar(
        f"at {start:g}", "took", depth, start, duration, state, "hover", f"mark {start:g}"
    )


def test_a_span_without_a_duration_is_a_tick_and_not_a_bar():
    whole, bars, ticks, names = trace_figure([bar(0, 100.0), bar(20, None)], 0, "#000").data
    assert (list(bars.base), list(bars.x)) == ([0], [100.0])
    assert list(ticks.x) == [20]
    assert list(ticks.customdata) == ["mark 20"]
    assert len(names.text) == len(whole.x) == 2


def test_a_bar_too_short_to_see_is_as_thin_as_can_be_seen():
    _, bars, *_ = trace_figure([bar(0, 1000.0), bar(10, 0.0)], 0, "#000").data
    assert list(bars.x) == [1000.0, 4.0]


def test_failures_differ_by_shape_as_well_as_colour():
    *_, names = trace_figure([bar(0, 9.0), bar(1, 1.0, 1, "failed")], 1, "#000").data
    assert ["✕" in text for text in names.text] == [False, True]
    assert "└" in names.text[1]


@pytest.mark.parametrize(
    ("total", "labels"),
    [
        (0.0, ["0 ms", "1 ms"]),
        (90.0, ["0 ms", "20 ms", "40 ms", "60 ms", "80 ms"]),
        (32_000.0, ["0 s", "10 s", "20 s", "30 s"]),
    ],
)
def test_the_axis_has_a_few_round_steps(total: float, labels: list[str]):
    assert list(trace_figure([bar(0, total)], 0, "#000").layout.xaxis.ticktext) == labels


def test_every_bar_of_the_lags_can_be_clicked():
    series = [("a", [1, 0], ["h", "h"], ["m1", "m2"]), ("b", [0, 2], ["h", "h"], ["m3", "m4"])]
    drawn = lag_figure(["1 h", "2 h"], series)
    assert [list(part.customdata) for part in drawn.data] == [["m1", "m2"], ["m3", "m4"]]
    assert [list(part.text) for part in drawn.data] == [["1", ""], ["", "2"]]


def test_a_latency_of_nothing_has_a_place_on_a_log_axis():
    drawn = latency_figure(["call"], [0.0], [30.0], ["words"], ["mark"])
    assert list(drawn.data[1].x) == [0.1]
    assert list(drawn.data[2].x) == [30.0]


def test_a_single_failure_among_many_is_still_to_be_seen():
    assert sparkbars([1000, 0, 1], "words").count("height:8%") == 1
    assert 'height:0%"' in sparkbars([1000, 0, 1], "words")
    assert sparkbars([], "words").count("<i") == 0
