"""Materialized rows are the facts own rows, as of any instant, whatever is loaded, corrected or deleted."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import ColumnClause, Select, column, event, literal_column, select

from dashboard.metrics.sql import rows_of
from dashboard.postgres.engines import read_engine, write_connection
from dashboard.postgres.read import fetch
from dashboard.query.measure import measure
from dashboard.query.read_from import Reading
from dashboard.reports.api_errors.error_groups import error_groups, groups_statement
from dashboard.reports.api_errors.groups_seen import seen_ever, seen_ever_statement
from dashboard.rollups.builder import roll_up
from dashboard.rollups.definitions import ROLLUP_GROUPS
from dashboard.rollups.materialized import (
    FAILURES,
    MATERIALIZED,
    SILENT_FAILURES,
    MaterializedFact,
    materialized_for,
)
from dashboard.rollups.materialized_rows import is_all_materialized, materialized_rows
from dashboard.rollups.usable_days import clear_days_cache, materialized_days
from dashboard.scope import Scope
from tests.chance import chance, tries
from tests.conftest import Warehouse
from tests.metrics.random_warehouse import FIRST, GRID, STEPS, Rows, fill, random_rows, scopes
from tests.present import present
from tests.rollups.shares import shares

often = tries(60)
ALL = Scope(FIRST - timedelta(days=3), FIRST + timedelta(days=60), FIRST + timedelta(days=60))


@pytest.fixture(scope="module", autouse=True)
def _rolled_up(warehouse: Warehouse) -> None:
    fill(warehouse, random_rows())
    assert present(roll_up()).days > 0


def rows_both_ways(kept: MaterializedFact, scope: Scope) -> tuple[list[tuple], list[tuple]]:
    """The rows of `scope` as they are kept, and as the fact has them, in one order."""
    clear_days_cache()
    names = kept.reads
    facts: Select = select(*map(column, names)).select_from(rows_of(kept.fact, scope))
    ways: tuple[Select, ...] = (
        select(*map(column, names)).select_from(materialized_rows(kept, scope)),
        facts.where(literal_column(kept.condition)),
    )
    held, wanted = (sorted((tuple(r.values()) for r in fetch(way)), key=repr) for way in ways)
    return held, wanted


def hold_equal(*moments: Scope) -> None:
    for scope in moments:
        for kept in MATERIALIZED:
            held, wanted = rows_both_ways(kept, scope)
            assert held == wanted, kept.key


@often
@given(scopes(), st.sampled_from(MATERIALIZED))
def test_whatever_the_scope(scope: Scope, kept: MaterializedFact):
    held, wanted = rows_both_ways(kept, scope)
    assert held == wanted


def test_they_are_read_and_there_are_some():
    clear_days_cache()
    assert present(materialized_days()).share([ALL]) > 0.9
    for kept in MATERIALIZED:
        held, _ = rows_both_ways(kept, ALL)
        assert len(held) > 20, kept.key
    assert shares(measure(["silent_failures"], ALL))["silent_failures"] > 0.9


def test_what_counted_once_and_no_longer_does_is_kept_for_the_past():
    with write_connection() as connection:
        ((once,),) = connection.execute(
            "select count(*) from control_room.silent_failures where true_until is not null"
        ).fetchall()
        ((recovered,),) = connection.execute(
            "select count(*) from control_room.failures where recovered_at > known_at"
        ).fetchall()
    assert once and recovered
    hold_equal(
        *(
            Scope(FIRST, FIRST + timedelta(days=9), FIRST + timedelta(days=day, hours=7))
            for day in range(1, 10)
        )
    )


def test_a_column_that_is_not_kept_is_read_from_the_facts():
    clear_days_cache()
    named: ColumnClause = column("error_message")
    facts = select(named).select_from(rows_of(SILENT_FAILURES.fact, ALL))
    kept = select(named).select_from(materialized_rows(SILENT_FAILURES, ALL, ["error_message"]))
    held, wanted = (
        sorted(repr(row["error_message"]) for row in fetch(asked)) for asked in (kept, facts)
    )
    assert held == wanted
    assert len(held) > 20


@pytest.mark.parametrize(
    ("by", "counted", "found"),
    [
        ((), (), SILENT_FAILURES),
        (("rule", "topic", "plan"), ("count(*) filter (where system = 'crm')",), SILENT_FAILURES),
        ((), ("count(*) filter (where error_message is null)",), None),
    ],
)
def test_they_are_taken_where_they_hold_what_is_asked(by, counted, found):
    assert materialized_for(SILENT_FAILURES.fact, [ALL], by, counted) is found


def test_failures_are_taken_for_groups_alone_and_for_what_they_hold():
    group = ALL.where("group", "abc")
    assert materialized_for(FAILURES.fact, [group], ["channel"]) is FAILURES
    assert materialized_for(FAILURES.fact, [group, ALL], ["channel"]) is None
    assert materialized_for(FAILURES.fact, [ALL], is_failed=True) is FAILURES
    assert materialized_for(FAILURES.fact, [group], ["duration_bin"]) is None


def test_sums_that_are_taken_of_them_are_kept_by_what_they_hold():
    of_kept = [(group, group.kept) for group in ROLLUP_GROUPS if group.kept]
    assert of_kept
    for group, kept in of_kept:
        for rollup in group.rollups:
            assert kept.holds(group.fact.dimension(key).column for key in rollup.dimensions)


@often
@given(scopes(), st.sampled_from(["group", "message"]))
def test_one_group_is_counted_alike(scope: Scope, dimension: str):
    clear_days_cache()
    names = {"group": "fingerprint", "message": "message_shape"}
    _, wanted = rows_both_ways(FAILURES, ALL)
    value = next(row[FAILURES.reads.index(names[dimension])] for row in wanted)
    metrics = ["failed_spans", "spans", "unrecovered_error_rate"]
    inside = scope.where(dimension, value)
    kept = measure(metrics, inside, bucket="day")
    facts = measure(metrics, inside, bucket="day", reading=Reading.FACTS)
    assert kept.equals(facts)
    assert shares(kept).keys() <= {"failures"}


@often
@given(scopes())
def test_groups_are_told_alike(scope: Scope):
    clear_days_cache()
    told = error_groups(scope, {})
    rows = fetch(groups_statement(scope))
    assert [group.fingerprint for group in told.groups] == [row["fingerprint"] for row in rows]
    for group, row in zip(told.groups, rows, strict=True):
        shown = {
            "message" if name == "message_shape" else name: value for name, value in row.items()
        }
        by_bucket = dict(zip(shown.pop("buckets"), shown.pop("bucket_spans"), strict=True))
        assert shown == {name: getattr(group, name) for name in shown}
        assert by_bucket == {at: n for at, n in zip(told.starts, group.counts, strict=True) if n}


def test_groups_are_told_from_what_is_kept_and_reach_more_than_one_account():
    clear_days_cache()
    inside = replace(ALL, since=FIRST + timedelta(days=1))
    assert is_all_materialized(FAILURES, inside)
    groups = error_groups(inside, {}).groups
    assert any(group.accounts > 1 for group in groups)
    assert any(group.conversations > group.accounts for group in groups)


def test_groups_whose_failures_are_done_anew_meanwhile_keep_their_words():
    inside = replace(ALL, since=FIRST + timedelta(days=1))
    clear_days_cache()
    wanted = error_groups(inside, {})
    moved: list[str] = []
    move = "update control_room.failures set started_at = started_at"

    def roller(connection, cursor, statement: str, *_: object) -> None:
        # Between the counts and the words: the failures that stand for their groups are elsewhere.
        if "reached" in statement and not moved:
            moved.append(statement)
            with write_connection() as other:
                other.execute(f"{move} - interval '1 second'")

    event.listen(read_engine(), "after_cursor_execute", roller)
    try:
        found = error_groups(inside, {})
    finally:
        event.remove(read_engine(), "after_cursor_execute", roller)
        with write_connection() as connection:
            connection.execute(f"{move} + interval '1 second'")
    assert moved
    assert [(group.fingerprint, group.message) for group in found.groups] == [
        (group.fingerprint, group.message) for group in wanted.groups
    ]


def test_groups_are_seen_alike():
    for day in range(1, 12):
        instant = FIRST + timedelta(days=day, hours=5)
        scope = Scope(FIRST, instant, instant)
        clear_days_cache()
        assert present(materialized_days()).is_whole
        held = seen_ever(scope)
        rows = fetch(seen_ever_statement(scope))
        assert held == {row["fingerprint"]: (row["first_seen"], row["last_seen"]) for row in rows}
        assert held


CHANGES = {
    "an account's calls fail no more": "update spans set error_type = null, loaded_at = now()"
    " where account_id = 'a5' and error_type is not null",
    "calls failed after all": "update spans set error_type = 'late', loaded_at = now()"
    " where account_id in ('a6', 'a7') and error_type is null",
    "a conversation is excluded": "update conversations set is_excluded = not is_excluded,"
    " loaded_at = now() where account_id = 'a8'",
    "a handoff is heard of late": "update conversations set handoff_at = started_at,"
    " loaded_at = now() where account_id in ('a9', 'a10') and handoff_at is null",
    "spans move by days": "update spans set started_at = '2026-04-02 10:00+00',"
    " loaded_at = now() where account_id = 'a11'",
    "spans move back": "update spans set started_at = '2026-03-25 10:00+00',"
    " loaded_at = now() where account_id = 'a12'",
    "transcripts come": "with said as (update messages set author = 'ai_agent',"
    " body = 'The ledger sync' where account_id = 'a13' returning conversation_id)"
    " update conversations set loaded_at = now() where account_id = 'a13'"
    " and conversation_id in (select conversation_id from said)",
    "conversations move by days": "update conversations set started_at = '2026-04-02 10:00+00',"
    " ended_at = '2026-04-02 10:30+00', loaded_at = now()"
    " where account_id in ('a0', 'a1', 'a15', 'a21') and substr(conversation_id, 2)::int % 3 = 0",
    "conversations move back": "update conversations set started_at = '2026-03-25 10:00+00',"
    " loaded_at = now() where account_id in ('a16', 'a17')"
    " and substr(conversation_id, 2)::int % 3 = 0",
    "conversations are deleted": "with gone as (delete from conversations"
    " where account_id in ('a18', 'a19', 'a20') and substr(conversation_id, 2)::int % 3 = 0"
    " returning conversation_id) delete from spans where conversation_id in (select * from gone)",
    "spans are deleted": "delete from spans where account_id = 'a14' and error_type is not null",
}


@pytest.mark.random
@pytest.mark.parametrize("change", CHANGES)
def test_after_a_change(new_warehouse, change: str):
    own = new_warehouse(f"kept_{list(CHANGES).index(change)}")
    fill(own, random_rows())
    own.run("update spans set loaded_at = now() - interval '1 day'")
    own.run("update conversations set loaded_at = now() - interval '1 day'")
    roll_up()
    before = {kept.key: rows_both_ways(kept, ALL)[0] for kept in MATERIALIZED}
    own.run(CHANGES[change])
    moments = [ALL, Scope(FIRST, FIRST + timedelta(days=8), FIRST + timedelta(days=5))]
    if "deleted" not in change and change != "conversations move by days":
        # What is gone from its day leaves no trace that could be seen before rows are counted again.
        hold_equal(*moments)
    roll_up()
    assert not any(dirty.accounts for dirty in present(materialized_days()).by_path.values())
    hold_equal(*moments)
    assert before != {kept.key: rows_both_ways(kept, ALL)[0] for kept in MATERIALIZED}


@pytest.mark.random
def test_loaded_bit_by_bit_they_are_what_they_are_loaded_at_once(new_warehouse):
    own = new_warehouse("kept_bit_by_bit")
    whole, drawn = random_rows(), chance()
    part = {row["conversation_id"]: drawn.randrange(4) for row in whole.conversations}
    for step in range(4):
        # A conversation comes with its transcript and its calls; background work comes when it likes.
        fill(
            own,
            Rows(
                whole.accounts if step == 0 else [],
                [row for row in whole.conversations if part[row["conversation_id"]] == step],
                [row for row in whole.messages if part[row["conversation_id"]] == step],
                [
                    row
                    for place, row in enumerate(whole.spans)
                    if part.get(row["conversation_id"], place % 4) == step
                ],
            ),
        )
        hold_equal(ALL)
        roll_up()
        hold_equal(ALL, Scope(FIRST, FIRST + STEPS * GRID, FIRST + STEPS // 2 * GRID))


@pytest.mark.random
def test_too_many_accounts_at_once_make_their_days_stale(new_warehouse, monkeypatch):
    own = new_warehouse("kept_many")
    fill(own, random_rows())
    roll_up()
    monkeypatch.setattr("dashboard.rollups.rows._MOST_ACCOUNTS", 3)
    monkeypatch.setattr("dashboard.rollups.usable_days._MOST_ACCOUNTS", 3)
    own.run("update spans set error_type = null, loaded_at = now() where error_type = 'timeout'")
    hold_equal(ALL)
    assert present(roll_up()).stale
    hold_equal(ALL)
