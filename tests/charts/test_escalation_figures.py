"""The figures of the Escalations and Satisfaction pages: what the browser needs of them."""

import json
from datetime import datetime, timedelta

import numpy as np
import pandas as pd
import pytest

from dashboard.charts.distribution import distribution_figure
from dashboard.charts.heat import HeatCell, heat_figure
from dashboard.charts.layout import decode_drilldown, encode_drilldown
from dashboard.charts.normal import NormalPoint, normal_figure
from dashboard.charts.palette import ACCENT, BETTER, WORSE
from dashboard.charts.survival import SurvivalLine, SurvivalPoint, survival_figure
from tests.present import present

DAY = timedelta(days=1)
NO_CHANGES = pd.DataFrame({"changed_at": [], "title": []})


def point(number: int, state: str = "", tone: str = "", **known) -> NormalPoint:
    given = {"low": 8.0, "high": 12.0, "is_whole": True, **known}
    return NormalPoint(
        at=datetime(2026, 3, 2 + number),
        value=10.0 + number,
        state=state,
        tone=tone,
        hover="",
        mark=encode_drilldown(f"list?{number}", "words"),
        **given,
    )


def bars(figure) -> list:
    return [trace for trace in figure.data if trace.type == "bar"]


def test_a_mark_outside_its_band_has_a_shape_and_a_colour():
    figure = normal_figure(
        [point(0), point(1, "above", "worse"), point(2, "below", "better")], "count", DAY
    )
    _, values = bars(figure)
    assert list(values.text) == ["", "▲", "▼"]
    assert list(values.marker.color) == [ACCENT, WORSE, BETTER]
    assert decode_drilldown(values.customdata[1]) == ("list?1", "words")


@pytest.mark.parametrize("unit", ["count", "share", "seconds", "per 100"])
def test_bars_with_a_text_have_one_opacity(unit: str):
    # With an opacity each, a click on such a bar fails in the browser and nothing is selected.
    figure = normal_figure([point(0), point(1, "above", is_whole=False)], unit, DAY, NO_CHANGES)
    with_text = [bar for bar in bars(figure) if bar.text is not None]
    # Counts alone have theirs written on them.
    assert bool(with_text) == (unit == "count")
    for bar in with_text:
        assert not isinstance(bar.marker.opacity, list | tuple | np.ndarray)


def test_a_band_is_drawn_where_it_is_known():
    band, _ = bars(normal_figure([point(0), point(1, low=None, high=None)], "count", DAY))
    assert (list(band.base), list(band.y), band.width) == ([8.0], [4.0], 0.98 * 86_400_000)
    assert band.customdata is None
    assert band.hoverinfo == "skip"


def test_every_cell_of_a_heat_map_is_a_bar_that_can_be_clicked():
    cells = [
        HeatCell(
            column,
            row,
            value,
            f"{value}",
            "hover",
            encode_drilldown(f"list?{row}{column}", "words"),
        )
        for row, column, value in ((0, 0, 0.0), (0, 1, 5.0), (1, 0, 10.0), (1, 1, None))
    ]
    figure = heat_figure(cells, ["a", "b"], ["x", "y"], "#000000")
    (drawn,) = bars(figure)
    assert [present(decode_drilldown(mark))[0] for mark in drawn.customdata] == [
        "list?00",
        "list?01",
        "list?10",
        "list?11",
    ]
    strength = [float(colour.rstrip(")").split(",")[-1]) for colour in drawn.marker.color]
    # None is a total: it has no colour of its own.
    assert strength == [0.05, 0.425, 0.8, 0.0]
    assert json.loads(figure.to_json())["layout"]["yaxis"]["range"] == [1.5, -0.5]


def test_a_heat_map_of_nothing_but_zeros():
    cell = HeatCell(0, 0, 0.0, "", "", encode_drilldown(None, ""))
    (drawn,) = bars(heat_figure([cell], ["a"], ["x"], "#000000"))
    (colour,) = drawn.marker.color
    assert float(colour.rstrip(")").split(",")[-1]) == 0.05


def test_the_curve_starts_with_everybody_waiting():
    mark = SurvivalPoint(120, 0.5, "", encode_drilldown("list", "words"))
    line = SurvivalLine("all", [60, 180], [0.75, 0.25], [mark], [0.4, float("nan")], [0.9, 0.6])
    figure = survival_figure(line, [], [mark], "#000000")
    lines = [trace for trace in figure.data if trace.mode == "lines" and trace.name == "all"]
    assert (lines[0].x[0], lines[0].y[0]) == (40, 100.0)
    assert list(lines[0].y) == [100.0, 75.0, 25.0]
    # What is not known is a gap, which JSON can carry.
    assert "NaN" not in figure.to_json()


def test_an_answer_at_once_still_has_a_place_on_a_logarithmic_axis():
    line = SurvivalLine("all", [0, 60], [0.5, 0.0], [])
    figure = survival_figure(line, [], [], "#000000")
    seconds = [second for trace in figure.data if trace.x for second in trace.x]
    assert 60 in seconds
    assert min(seconds) > 0


def test_the_distribution_says_counts_and_shares():
    figure = distribution_figure([("5", 3), ("1", 1)], ["a", "b"], [encode_drilldown("l", "w")] * 2)
    (drawn,) = bars(figure)
    assert [text.strip() for text in drawn.text] == ["3 · 75.0 %", "1 · 25.0 %"]
    assert list(drawn.marker.color) == [ACCENT, WORSE]
    (nothing,) = bars(distribution_figure([("5", 0)], [""], [""]))
    assert [text.strip() for text in nothing.text] == ["0 · 0.0 %"]
