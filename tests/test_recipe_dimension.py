"""The recipe of a new dimension, done to the letter in a warehouse that is in use, is all that it takes."""

import json
from dataclasses import dataclass
from typing import Any

import pytest

from dashboard.metrics.registry import METRICS
from dashboard.rollups.builder import roll_up
from tests.conftest import Warehouse
from tests.recipes import Copy, blocks

Rows = list[dict[str, Any]]
WINDOW = ("--as-of", "2026-03-04T14:20", "--last", "28d")
EARLIER = ("--as-of", "2026-02-20T10:10", "--last", "9d")
BANDS = {"under 200", "200 to 500", "500 and more", None}
WEEKDAYS = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"}
EVERY = [key for key in METRICS if not key.startswith("latency")]
"""All but quantiles of durations, which sums tell within a few per cent."""
NOBODY = {"open_handoffs"}
"""What may count nobody at the instant of asking."""
OF_EPISODES = ["episodes", "containment_rate", "resolution_rate", "escalations", "csat"]
ASKED = {"revenue_band": EVERY, "weekday": EVERY, "closing_signal": OF_EPISODES}


@dataclass
class Planted:
    """The copy that has the dimensions, and what it answered before and after its first rollup."""

    copy: Copy
    before: dict[str, Rows]
    after: dict[str, Rows]
    facts: dict[str, Rows]
    pages: dict[str, Any]


def asked(copy: Copy, by: str, *more: str) -> Rows:
    """What `measure` prints, a group a row, in an order of its own."""
    by_words = ("--by", by) if by else ()
    metrics = ASKED.get(by, EVERY)
    printed = copy.run("-m", "dashboard", "measure", *metrics, *by_words, *more, "--format", "json")
    return sorted(json.loads(printed), key=lambda row: (row["metric"], repr(row.get(by))))


def figures(rows: Rows) -> Rows:
    """The figures alone, without where they were read from."""
    told = {"from_rollups", "read_from"}
    return [{key: value for key, value in row.items() if key not in told} for row in rows]


@pytest.fixture(scope="module")
def planted(demo_warehouse: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> Planted:
    # As it is where the dimension is added: rollups of all days, without it.
    for relation in ("conversations", "spans"):
        demo_warehouse.run(f"update {relation} set loaded_at = now() - interval '1 day'")
    assert roll_up()
    copy = Copy(tmp_path_factory.mktemp("recipe") / "project")
    for path, entries in blocks("A new dimension"):
        copy.insert(path, entries, '    Dimension(\n        "source",')
    before = {by: asked(copy, by, *WINDOW) for by in ASKED}
    facts = {by: asked(copy, by, *WINDOW, "--facts") for by in ASKED}
    copy.run("-m", "dashboard", "rollup")
    after = {by: asked(copy, by, *WINDOW, "--rollups") for by in ASKED}
    pages = json.loads(copy.run("-m", "tests.planted_dimension").splitlines()[-1])
    return Planted(copy, before, after, facts, pages)


@pytest.mark.parametrize("by", ASKED)
def test_every_figure_has_it(planted: Planted, by: str):
    for key in ASKED[by]:
        groups = {row[by] for row in planted.facts[by] if row["metric"] == key}
        assert groups or key in NOBODY, key
    groups = {row[by] for row in planted.facts[by] if row["metric"] == "episodes"}
    wanted = {
        "revenue_band": BANDS,
        "weekday": WEEKDAYS,
        "closing_signal": {"confirmed", "negative", "silent", None},
    }[by]
    assert groups == wanted


@pytest.mark.parametrize("by", ASKED)
def test_its_parts_sum_to_the_total(planted: Planted, by: str):
    counts = [key for key in ASKED[by] if METRICS[key].unit == "count"]
    totals = {row["metric"]: row["value"] for row in asked(planted.copy, "", *WINDOW)}
    for key in counts:
        parts = [row["value"] for row in planted.after[by] if row["metric"] == key]
        assert sum(parts) == (totals[key] or 0), key
        assert parts or key in NOBODY, key


@pytest.mark.parametrize("by", ASKED)
def test_before_it_is_rolled_up_the_facts_answer(planted: Planted, by: str):
    assert figures(planted.before[by]) == figures(planted.facts[by])


@pytest.mark.parametrize("by", ASKED)
def test_rolled_up_it_is_what_the_facts_say(planted: Planted, by: str):
    assert figures(planted.after[by]) == figures(planted.facts[by])
    earlier = asked(planted.copy, by, *EARLIER, "--rollups")
    assert figures(earlier) == figures(asked(planted.copy, by, *EARLIER, "--facts"))
    assert figures(earlier) != figures(planted.after[by])


@pytest.mark.parametrize("by", ["revenue_band", "weekday"])
def test_it_is_read_from_rollups_once_they_are_built(planted: Planted, by: str):
    share = planted.pages["rolled_up"][by]
    for key in ("episodes", "rated", "handoffs", "ratings", "spans"):
        assert share[key] > 0.9, key
    # Days that can still change are none of theirs.
    assert all(share[key] > 0.5 for key in share if key.startswith("durable"))
    assert not any(row["from_rollups"] for row in planted.before[by])


@pytest.mark.parametrize("by", ["revenue_band", "weekday"])
def test_silent_failures_have_it_before_and_after(planted: Planted, by: str):
    for answers in (planted.before, planted.facts, planted.after):
        found = [row["value"] for row in answers[by] if row["metric"] == "silent_failures"]
        assert len(found) > 1
    inside = asked(planted.copy, "", *WINDOW, "--where", "revenue_band=under 200")
    (silent,) = (row["value"] for row in inside if row["metric"] == "silent_failures")
    (part,) = (
        row["value"]
        for row in planted.after["revenue_band"]
        if (row["metric"], row["revenue_band"]) == ("silent_failures", "under 200")
    )
    assert silent == part


def test_a_key_that_is_almost_it_is_answered_with_its_name(planted: Planted):
    with pytest.raises(AssertionError) as refused:
        planted.copy.run("-m", "dashboard", "measure", "episodes", "--by", "revenue_bnad")
    assert "Episodes have no dimension 'revenue_bnad'. Did you mean revenue_band?" in str(
        refused.value
    )


def test_the_filter_bar_offers_it_and_the_link_keeps_it(planted: Planted):
    bar = planted.pages["filter_bar"]
    assert bar["label"] == "Revenue band"
    assert bar["help"] == "What the account pays a month, in three bands."
    assert set(bar["offered"]) == {value or "(unknown)" for value in BANDS}
    assert bar["shown"] == ["under 200"]
    assert bar["in_link"] == ["200 to 500", "(unknown)"]
    assert bar["warnings"] == []


@pytest.mark.parametrize("page", ["containment", "escalations", "satisfaction"])
def test_every_breakdown_offers_it(planted: Planted, page: str):
    found = planted.pages["breakdowns"][page]
    assert set(found["Revenue band"]) <= {value or "(unknown)" for value in BANDS}
    assert set(found["Weekday"]) <= WEEKDAYS
    assert sum(found["Revenue band"].values()) == sum(found["Weekday"].values()) > 0


def test_an_error_group_is_broken_down_by_it(planted: Planted):
    assert len(planted.pages["api_errors"]) > 1


def test_a_change_is_split_by_it(planted: Planted):
    assert "under 200" in planted.pages["split"]


def test_every_page_applies_it(planted: Planted):
    for page, words in planted.pages["filtered"].items():
        assert "Not applied on this page" not in words, page
        assert "means nothing here" not in words, page


def test_the_list_says_it_and_holds_what_was_counted(planted: Planted):
    listed = planted.pages["conversations"]
    where = ("--where", "revenue_band=under 200", "--where", "closing_signal=confirmed")
    printed = planted.copy.run(
        "-m", "dashboard", "measure", "episodes", *where, *WINDOW, "--format", "json"
    )
    (counted,) = (int(row["value"]) for row in json.loads(printed))
    assert listed["problems"] == []
    assert len(listed["csv"]) == counted > 10
    assert f"{counted:,} conversations" in listed["page"]
    assert "revenue band under 200" in listed["page"]
    assert "closing signal confirmed" in listed["page"].lower()
    assert "Revenue band: under 200" in listed["page"]
    assert set(listed["signals_offered"]) >= {"confirmed", "negative", "silent"}


def test_csv_has_a_column_of_its_key(planted: Planted):
    listed = planted.pages["conversations"]
    assert {(band, signal) for band, _, signal in listed["csv"]} == {("under 200", "confirmed")}
    assert {weekday for _, weekday, _ in listed["csv"]} <= WEEKDAYS


def test_lists_behind_every_kind_of_row_apply_it(planted: Planted):
    listed = planted.pages["conversations"]
    for name in ("excluded", "silent", "failed"):
        assert "conversations" in listed[name], name
    assert "Revenue band: under 200" in listed["silent"]
    assert "Weekday: Mon" in listed["failed"]


def test_the_heads_of_conversation_and_account_show_it(planted: Planted):
    listed = planted.pages["conversations"]
    for label in ("Revenue band", "Weekday", "Closing signal"):
        assert label in listed["conversation"]
    assert "Revenue band under 200" in listed["account"]


def test_it_is_described_on_definitions(planted: Planted):
    words = planted.pages["definitions"]
    for sentence in (
        "What the account pays a month, in three bands.",
        "The day of the week on which the conversation started, in UTC.",
        "How the customer left: satisfied, dissatisfied or in silence.",
    ):
        assert sentence in words


# The last: it changes the warehouse.
def test_an_account_that_moves_to_another_band_is_summed_anew(
    planted: Planted, demo_warehouse: Warehouse
):
    demo_warehouse.run(
        "update accounts set monthly_revenue = 5000 where account_id in"
        " (select account_id from accounts where monthly_revenue < 200 limit 3)"
    )
    planted.copy.run("-m", "dashboard", "rollup")
    after = asked(planted.copy, "revenue_band", *WINDOW)
    assert figures(after) == figures(asked(planted.copy, "revenue_band", *WINDOW, "--facts"))
    assert figures(after) != figures(planted.after["revenue_band"])
