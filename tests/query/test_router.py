"""What an answer is read from, and why: one case for each rule of the router."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from dashboard.metrics.registry import METRICS
from dashboard.postgres.engines import dispose_engines
from dashboard.query.explaining import RowsBehind, read_from_words
from dashboard.query.measure import measure, questions, sources_of
from dashboard.query.read_from import ReadFrom, Reading, Store
from dashboard.reports.api_errors.silent_failures import silent_statement
from dashboard.rollups.builder import roll_up
from dashboard.rollups.materialized import SILENT_FAILURES
from dashboard.rollups.reasons import Reason
from dashboard.rollups.usable_days import clear_days_cache, usable_days
from dashboard.rollups.volumes import fact_rows
from dashboard.scope import Scope
from dashboard.settings import settings
from tests.conftest import MIDNIGHT, Warehouse, at, conversation, span

WEEK = Scope(MIDNIGHT, at(0, 7), at(0, 60))


@pytest.fixture(scope="module")
def week(new_warehouse) -> Warehouse:
    """A week of two episodes a day, each with a call, on the sixth a silence; rolled up."""
    made = new_warehouse("week")
    times = [(day, hour) for day in range(7) for hour in (9, 15)]
    made.add("accounts", [{"account_id": "a1", "name": "Account 1", "plan": "team"}])
    made.add(
        "conversations",
        [
            conversation(
                f"{day}-{hour}",
                at(hour, day),
                ended_at=at(hour + 3, day),
                first_ai_reply_at=at(hour, day),
                closing_signal="confirmed",
                topic="billing",
                handoff_at=at(hour + 1, day),
            )
            for day, hour in times
        ],
    )
    made.add("spans", [span(f"{day}-{hour}", at(hour, day)) for day, hour in times])
    for relation in ("conversations", "spans"):
        made.run(f"update {relation} set loaded_at = now() - interval '1 day'")
    roll_up()
    return made


def read_from(metric: str, scope: Scope = WEEK, **how) -> list[ReadFrom]:
    """What the metric's figures were read from, with the sums as they are now."""
    clear_days_cache()
    return sources_of(measure([metric], scope, **how), metric)


def only(sources: list[ReadFrom]) -> ReadFrom:
    (source,) = sources
    return source


NOW = at(11, 6)
FROM_FACTS: dict[str, tuple[Reason, str, Scope, dict[str, Any]]] = {
    "a snapshot": (Reason.SNAPSHOT, "open_handoffs", WEEK, {}),
    "on request": (Reason.SWITCHED_OFF, "episodes", WEEK, {"reading": Reading.FACTS}),
    "of a fact without rollups": (Reason.NOT_ADDITIVE, "excluded_episodes", WEEK, {}),
    "half an hour": (
        Reason.WINDOW_SHORT,
        "episodes",
        Scope(at(9), at(9.5), at(0, 60)),
        {},
    ),
    "quantiles of a day": (Reason.WINDOW_SHORT, "latency_p95", Scope(at(0), at(24), at(0, 60)), {}),
    "by account": (Reason.DIMENSION_MISSING, "episodes", WEEK, {"by": ["account"]}),
    "filtered by account": (Reason.DIMENSION_MISSING, "episodes", WEEK.where("account", "a1"), {}),
    "by five minutes": (Reason.BUCKET_MISSING, "episodes", WEEK, {"bucket": "5min"}),
    "another zone's days by topic": (
        Reason.BUCKET_MISSING,
        "episodes",
        Scope(WEEK.since, WEEK.until, WEEK.as_of, "Asia/Tokyo"),
        {"by": ["topic"], "bucket": "day"},
    ),
    "before all history": (
        Reason.NOT_COVERED,
        "episodes",
        Scope(at(0, -30), at(0, -20), at(0, 60)),
        {},
    ),
    "as of the middle of it": (
        Reason.NOT_SETTLED,
        "episodes",
        Scope(at(9, 6), NOW, NOW),
        {"by": ["topic"]},
    ),
    "within a day by topic": (
        Reason.PART_OF_DAY,
        "episodes",
        Scope(at(3), at(21), at(0, 60)),
        {"by": ["topic"]},
    ),
}


@pytest.mark.parametrize("case", FROM_FACTS)
def test_from_the_facts_and_why(week: Warehouse, case: str):
    reason, metric, scope, how = FROM_FACTS[case]
    sources = read_from(metric, scope, **how)
    assert [source.store for source in sources] == [Store.FACTS] * len(sources)
    assert {source.reason for source in sources} == {reason}
    assert sources[0].words == f"the facts ({reason.words})"


def test_so_few_rows_are_quicker_from_the_facts(week: Warehouse, monkeypatch):
    monkeypatch.setattr("dashboard.query.costs.fact_rows", fact_rows)
    assert only(read_from("episodes")).reason is Reason.FACTS_CHEAPER
    # Whatever it costs, where it is asked for.
    assert only(read_from("episodes", reading=Reading.ROLLUPS)).store is Store.ROLLUP_GROUP


def test_many_rows_are_quicker_from_sums(week: Warehouse):
    source = only(read_from("episodes"))
    assert (source.store, source.name, source.share) == (Store.ROLLUP_GROUP, "episodes", 1)
    assert source.words == "rollup group episodes by quarter of an hour, 100 % of the window"
    source = only(read_from("episodes", by=["topic"]))
    assert source.words == "rollup group episodes by day, 100 % of the window"


def test_the_rest_of_a_window_has_its_reason(week: Warehouse):
    ends_within_a_day = Scope(WEEK.since, at(12, 6), WEEK.as_of)
    source = only(read_from("episodes", ends_within_a_day, by=["topic"]))
    assert source.share == pytest.approx(6 / 6.5)
    assert source.words == (
        "rollup group episodes by day, 92 % of the window; the rest from the facts (parts of a day)"
    )
    begins_before_history = Scope(at(0, -7), WEEK.until, WEEK.as_of)
    source = only(read_from("episodes", begins_before_history, by=["topic"]))
    assert (source.share, source.reason) == (0.5, Reason.NOT_COVERED)
    asked_early = Scope(WEEK.since, WEEK.until, NOW)
    assert only(read_from("episodes", asked_early, by=["topic"])).reason is Reason.NOT_SETTLED


def test_a_figure_of_several_groups_names_each(week: Warehouse):
    names = {source.name for source in read_from("durable_resolution_rate_72h")}
    assert any(name.startswith("durable") for name in names)


def test_what_has_yet_to_mature_is_read_from_materialized_rows(week: Warehouse):
    ripening = Scope(at(0, 5), at(0, 7), at(0, 7))
    sources = read_from("durable_resolution_rate_7d", ripening, by=["topic"])
    rows = only([source for source in sources if source.name == "resolved"])
    assert (rows.store, rows.share, rows.reason) == (
        Store.MATERIALIZED_ROWS,
        1.0,
        Reason.NOT_SETTLED,
    )


def test_materialized_rows_are_named(week: Warehouse):
    source = only(read_from("silent_failures"))
    assert source.words == "materialized rows silent failures, 100 % of the window"
    list_of_them = RowsBehind(silent_statement(WEEK), SILENT_FAILURES, WEEK)
    assert read_from_words(list_of_them) == f"Read from: {source.words}."


def test_materialized_rows_are_taken_only_where_they_hold_what_is_asked(
    week: Warehouse, monkeypatch
):
    reads = tuple(name for name in SILENT_FAILURES.reads if name != "topic")
    without_topic = replace(SILENT_FAILURES, reads=reads)
    monkeypatch.setattr("dashboard.rollups.materialized.SILENT_FAILURES", without_topic)
    assert only(read_from("silent_failures", by=["system"])).store is Store.MATERIALIZED_ROWS
    for source in (
        only(read_from("silent_failures", by=["topic"])),
        only(read_from("silent_failures", WEEK.where("topic", "billing"))),
    ):
        assert (source.store, source.reason) == (Store.FACTS, Reason.DIMENSION_MISSING)


def test_a_stale_day_is_not_covered(week: Warehouse):
    week.run("update control_room.rollup_days set is_stale = true where starts = '2026-03-03'")
    try:
        source = only(read_from("episodes", by=["topic"]))
        assert (source.share, source.reason) == (pytest.approx(6 / 7), Reason.NOT_COVERED)
        assert only(read_from("silent_failures")).reason is Reason.NOT_COVERED
    finally:
        week.run("update control_room.rollup_days set is_stale = false")


@pytest.mark.parametrize(
    ("setting", "reason"), [("1", Reason.NOT_BUILT), ("0", Reason.SWITCHED_OFF)]
)
def test_without_rollups(week: Warehouse, monkeypatch, setting: str, reason: Reason):
    monkeypatch.setenv("CONTROL_ROOM_ROLLUPS", setting)
    settings.cache_clear()
    week.run("alter schema control_room rename to elsewhere")
    try:
        for metric in ("episodes", "silent_failures"):
            assert {source.reason for source in read_from(metric)} == {reason}
    finally:
        week.run("alter schema elsewhere rename to control_room")
        clear_days_cache()
        dispose_engines()


def test_every_way_is_told_of_every_metric(week: Warehouse):
    for metric in METRICS:
        sources = read_from(metric)
        asked = {name for names in METRICS[metric].kind.aggregates().values() for name in names}
        told = {name for source in sources for name in source.aggregates}
        assert asked <= told, metric
        assert all(source.reason for source in sources if source.store is Store.FACTS)


def test_a_panel_says_it_and_stays_silent_where_the_warehouse_does_not_answer(
    week: Warehouse, monkeypatch
):
    clear_days_cache()
    question = questions(["episodes"], [WEEK])["episodes"]
    assert read_from_words(question) == (
        "Read from: rollup group episodes by quarter of an hour, 100 % of the window."
    )
    snapshot = questions(["open_handoffs"], [WEEK])["waiting_handoffs"]
    assert read_from_words(snapshot.statement) == "Read from: the facts."
    monkeypatch.setenv("WAREHOUSE_URL", "postgresql://nobody@127.0.0.1:9/none")
    dispose_engines()
    clear_days_cache()
    assert read_from_words(question) is None
    monkeypatch.undo()
    dispose_engines()
    clear_days_cache()


def test_expected_rows_follow_what_was_counted(week: Warehouse):
    clear_days_cache()
    days = usable_days()
    assert days is not None
    whole = [(WEEK.since, WEEK.until)]
    assert fact_rows("episodes", days, whole) == pytest.approx(14)
    assert fact_rows("involvement", days, whole) == pytest.approx(14)
    half = [(WEEK.since, WEEK.since + timedelta(days=3.5))]
    assert fact_rows("spans", days, half) == pytest.approx(7)
    assert fact_rows("excluded_episodes", days, whole) == 0
