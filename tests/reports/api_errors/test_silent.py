"""The list of silent failures and the latencies agree with the figures."""

import pandas as pd
import pytest

from dashboard.metrics.facts import FACTS
from dashboard.query.measure import measure
from dashboard.reports.api_errors.latency import latency
from dashboard.reports.api_errors.silent_failures import MOST_LISTED, RULES, silent_failures
from dashboard.scope import Scope
from tests.conftest import Warehouse, conversation, message, span
from tests.metrics.hand_made import WEEK, fill
from tests.metrics.story import known, on


@pytest.fixture(scope="module", autouse=True)
def _filled(warehouse: Warehouse) -> None:
    fill(warehouse)


@pytest.mark.parametrize("rule", [None, *RULES])
def test_the_list_holds_what_the_figure_counts(rule: str | None):
    scope = WEEK.where("rule", rule) if rule else WEEK
    found = silent_failures(scope)
    assert found.total == len(found.rows) == measure(["silent_failures"], scope).iloc[0]["value"]
    assert found.total > 0
    assert {row["rule"] for row in found.rows} == ({rule} if rule else set(RULES))
    moments = [row["occurred_at"] for row in found.rows]
    assert moments == sorted(moments, reverse=True)


@pytest.mark.parametrize("key", [d.key for d in FACTS["silent_failures"].dimensions])
def test_every_filter_of_the_figure_is_one_of_the_list(key: str):
    for row in measure(["silent_failures"], WEEK, by=[key]).to_dict("records"):
        found = silent_failures(WEEK.where(key, row[key]))
        assert found.total == len(found.rows) == row["value"]


def test_a_row_tells_what_failed_and_what_became_of_the_episode():
    rows = {row["span_id"]: row for row in silent_failures(WEEK).rows}
    # s06: the AI went on in c04; s11: 13 h before c08.
    assert set(rows) == {"s06", "s11", "s17"}
    assert (rows["s06"]["rule"], rows["s06"]["outcome"]) == ("went_on", "abandoned")
    assert (rows["s11"]["rule"], rows["s11"]["outcome"]) == ("background", "confirmed")
    assert rows["s11"]["started_at"] == on("6 23:00")
    assert rows["s11"]["failed_at"] == on("6 10:01")
    assert {row["account_name"] for row in rows.values()} == {"a2", "a4", "a11"}


def test_the_newest_are_listed_and_all_are_counted(warehouse: Warehouse):
    many = MOST_LISTED + 5
    for number in range(many):
        key = f"many{number}"
        when = on(f"20 {number // 60:02}:{number % 60:02}")
        warehouse.add("conversations", [conversation(key, when, account_id="many")])
        failure = {"account_id": "many", "conversation_id": f"c{key}", "error_type": "timeout"}
        warehouse.add("spans", [span(key, when, duration_ms=100.0, **failure)])
        said = message(f"c{key}", 1, on("21 00:00"), "ai_agent")
        warehouse.add("messages", [{**said, "account_id": "many"}])
    found = silent_failures(Scope(on("20 00:00"), on("21 00:00"), on("22 00:00")))
    assert (len(found.rows), found.by_rule) == (MOST_LISTED, {"went_on": many})
    assert found.rows[0]["occurred_at"] == on(f"20 00:{many - 1:02}")


def test_no_rows_for_nothing():
    found = silent_failures(Scope(on("-30 00:00"), on("-20 00:00"), on("0 00:00")))
    assert (found.rows, found.total) == ((), 0)


def test_latency_by_call_is_the_figure_of_that_call():
    rows = latency(WEEK)
    assert len(rows) > 1
    assert list(rows["p95"].dropna()) == sorted(rows["p95"].dropna(), reverse=True)
    assert rows["p95"].isna().tolist() == sorted(rows["p95"].isna())
    assert rows["spans"].sum() == measure(["spans"], WEEK).iloc[0]["value"]
    for row in rows.itertuples():
        inside = WEEK.where("system", row.system).where("name", row.name)
        figures = measure(["latency_p50", "latency_p95", "api_error_rate"], inside)
        values = [known(value) for value in figures["value"]]
        shown = [None if pd.isna(v) else v for v in (row.p50, row.p95, row.error_rate)]
        assert shown == values
        assert row.timed == figures.iloc[1]["n"]


def test_latency_of_an_empty_window():
    assert latency(Scope(on("-30 00:00"), on("-20 00:00"), on("0 00:00"))).empty
