"""Error groups: what is masked, what belongs together, and that groups, figure and list agree."""

import hashlib
from datetime import timedelta

import pytest
from sqlalchemy import column, select

from dashboard.metrics.sql import rows_of
from dashboard.postgres.read import fetch
from dashboard.query.measure import measure
from dashboard.reports.api_errors.error_group import window as group_window
from dashboard.reports.api_errors.error_groups import SPANS, error_groups, newest_change
from dashboard.reports.api_errors.error_identity import identity
from dashboard.reports.api_errors.groups_seen import ever, seen_ever
from dashboard.reports.conversations.conversations import conversations
from dashboard.reports.conversations.question import Question
from dashboard.scope import Scope
from dashboard.scope_url import OpenScope
from tests.conftest import Warehouse, at, span
from tests.metrics.hand_made import WEEK, fill
from tests.metrics.story import on
from tests.present import present

MASKS = {
    "field 'reference' has value 'H-40312'": "field '…' has value '…'",
    "can't open the customers' file of O'Neill": "can't open the customers' file of O'Neill",
    "they said 'we don't know' twice": "they said '…' twice",
    'no "user" at `https://x.example/7?a=b`': "no '…' at '…'",
    "no “Müller”, „Meier“ or «Dupont»": "no '…', '…' or '…'",
    'cut off within "a long quotat': "cut off within '…'",
    "cut off within 'a long quotat": "cut off within '…'",
    "trace 550e8400-e29b-41d4-a716-446655440000 is lost": "trace ‹id› is lost",
    "object at 0x7F3a and commit deadbeef": "object at ‹id› and commit ‹id›",
    "no customer cus_NffrFeUfNV2Hib here": "no customer cus_‹id› here",
    "token eyJhbGciOiJIUzI1NiJ9 has expired": "token ‹id› has expired",
    "a decade of facades, accede": "a decade of facades, accede",
    "no answer within 30000 ms, 1,234.5 ms or 30s": "no answer within ‹n› ms, ‹n› ms or ‹n›s",
    "request R-10130 on node-10, OAuth2, sha256": "request R-‹n› on node-‹n›, OAuth‹n›, sha‹n›",
    "POST /v3/journals/42: 502 Bad Gateway": "POST /v‹n›/journals/‹n›: ‹n› Bad Gateway",
    "not before 2026-11-04": "not before ‹n›",
    "at 2026-03-02T03:10:00.123Z, 2026-03-02 03:10:00+01:00": "at ‹n›, ‹n›",
    "connect to 10.0.0.1:5432 refused": "connect to ‹n› refused",
    '{"code": 12, "id": "x"}': "{'…': ‹n›, '…': '…'}",
    "first line\n\tat line 12": "first line\n\tat line ‹n›",
    "'": "'…'",
    "": "",
    "über 12 Größen": "über ‹n› Größen",
    # Only the first 2,000 characters are read; the quotation has no end in them.
    f"value '{'a b ' * 600}' of 12 is long": "value '…'",
}


@pytest.fixture(scope="module", autouse=True)
def _filled(warehouse: Warehouse) -> None:
    fill(warehouse)
    rows = [
        _failed(f"mask{place}", at(1, 100), error_message=message)
        for place, message in enumerate(MASKS)
    ]
    warehouse.add("spans", rows)


def _failed(number: str, started, **known) -> dict:
    return span(number, started, **{"account_id": "masks", "error_type": "timeout", **known})


def shapes(scope: Scope) -> dict[str, tuple[str | None, str]]:
    """Message → its shape and the group of its failure."""
    names = ("error_message", "message_shape", "fingerprint")
    rows = fetch(select(*map(column, names)).select_from(rows_of(SPANS, scope)))
    return {row["error_message"]: (row["message_shape"], row["fingerprint"]) for row in rows}


MASKED = Scope(at(0, 100), at(2, 100), at(2, 100))


@pytest.mark.parametrize(("message", "shape"), MASKS.items())
def test_what_differs_between_occurrences_is_masked(message: str, shape: str):
    assert shapes(MASKED)[message][0] == shape


def test_the_fingerprint_is_of_system_name_type_and_shape():
    _, found = shapes(MASKED)["not before 2026-11-04"]
    parts = "\x1f".join(("billing-api", "get_invoice", "timeout", "not before ‹n›"))
    assert found == hashlib.md5(parts.encode()).hexdigest()[:12]


def test_what_makes_a_group_and_what_does_not(warehouse: Warehouse):
    day = Scope(at(0, 101), at(2, 101), at(2, 101))
    same = {"error_message": "request 12 of 'a' failed"}
    warehouse.add(
        "spans",
        [
            _failed("g1", at(1, 101), **same),
            _failed("g2", at(1, 101), error_message="request 9,001 of 'bb' failed"),
            _failed("g3", at(1, 101), account_id="other", status_code="504", **same),
            _failed("g4", at(1, 101), error_type="http_502", **same),
            _failed("g5", at(1, 101), system="crm", **same),
            _failed("g6", at(1, 101), name="refund", **same),
            _failed("g7", at(1, 101), error_message="request 12 of 'a' refused"),
            _failed("g8", at(1, 101), error_message=None),
            _failed("g9", at(1, 101), error_message="x" * 2_000 + " 'cut' 1"),
            _failed("g10", at(1, 101), error_message="x" * 2_000 + " 'cut' 2"),
            span("g11", at(1, 101), account_id="masks"),
            _failed("g12", at(1, 101), origin="customer", **same),
        ],
    )
    found = error_groups(day, seen_ever(day)).groups
    assert [(group.spans, group.accounts) for group in found] == [
        (3, 2),
        (2, 1),
        (1, 1),
        (1, 1),
        (1, 1),
        (1, 1),
        (1, 1),
    ]
    assert len({group.fingerprint for group in found}) == 7
    assert [group.message for group in found[:1]] == ["request ‹n› of '…' failed"]
    assert found[1].message == "x" * 300
    assert [group.message for group in found if group.message is None] == [None]


SCOPES = {
    "the whole week": WEEK,
    "as of an instant within it": Scope(WEEK.since, WEEK.until, on("3 12:30")),
    "one topic": WEEK.where("topic", "billing"),
    "one system": WEEK.where("system", "usage-feed"),
}


@pytest.mark.parametrize("scope", SCOPES.values(), ids=SCOPES)
def test_groups_add_up_to_the_figure_and_lead_to_their_conversations(scope: Scope):
    found = error_groups(scope, seen_ever(scope))
    assert found.groups
    figure = measure(["failed_spans"], scope).iloc[0]
    assert sum(group.spans for group in found.groups) == figure["value"]
    for group in found.groups:
        inside = scope.where("group", group.fingerprint)
        assert measure(["failed_spans"], inside).iloc[0]["value"] == group.spans
        assert sum(group.counts) == group.spans
        unrecovered = measure(["unrecovered_error_rate"], inside).iloc[0]["numerator"]
        assert group.spans - group.recovered == unrecovered
        listed = conversations(
            Question(
                OpenScope(None, scope.since, scope.until, scope.as_of, filters=inside.filters),
                metric="failed_spans",
            ),
            scope.as_of,
        )
        assert (listed.total, listed.parts[0].rows) == (group.conversations, group.spans)
        alone = group_window(present(identity(group.fingerprint, scope)), scope)
        assert (alone.spans, alone.recovered, alone.accounts, alone.affected.total) == (
            group.spans,
            group.recovered,
            group.accounts,
            group.conversations,
        )
        assert sum(alone.affected.outcomes.values()) == group.conversations
        assert len(alone.affected.newest) == min(group.conversations, 8)


def test_a_group_by_hand():
    found = error_groups(WEEK, seen_ever(WEEK)).groups
    # s02 (recovered), s04, s21, s22 and s32 failed without a message; s10 is in an excluded conversation.
    timeouts = next(group for group in found if group.name == "get_invoice")
    assert (timeouts.system, timeouts.error_type, timeouts.message) == (
        "billing-api",
        "timeout",
        None,
    )
    assert (timeouts.spans, timeouts.recovered, timeouts.conversations, timeouts.accounts) == (
        5,
        1,
        5,
        4,
    )
    assert timeouts.counts == (0, 1, 0, 1, 0, 1, 2)
    assert not timeouts.is_background
    assert next(group for group in found if group.name == "sync_usage").is_background


def test_first_and_last_seen_are_of_the_whole_history_by_the_instant(warehouse: Warehouse):
    def failure(number: int, days: float) -> dict:
        return _failed(f"seen{number}", at(0, days), name="seen", duration_ms=60_000.0)

    warehouse.add("spans", [failure(number, days) for number, days in enumerate((-90, 3, 40))])
    scope = Scope(at(0, 1), at(0, 8), at(0, 50))
    inside = scope.where("name", "seen")
    [group] = error_groups(inside, seen_ever(scope)).groups
    assert (group.spans, group.first_seen, group.last_seen) == (1, at(0, -90), at(0, 40))
    earlier = Scope(scope.since, scope.until, at(0, 3) + timedelta(seconds=59))
    assert not error_groups(earlier.where("name", "seen"), seen_ever(earlier)).groups
    assert seen_ever(earlier)[group.fingerprint] == (at(0, -90), at(0, -90))
    assert present(identity(group.fingerprint, earlier)).spans == 1
    before = Scope(scope.since, scope.until, at(0, -90))
    assert identity(group.fingerprint, before) is None
    # A failure that came after `seen_ever` was read moves both ends.
    for stale in ({}, {group.fingerprint: (at(0, 5), at(0, 1))}):
        [late] = error_groups(inside, stale).groups
        assert (late.first_seen, late.last_seen) == (at(0, 3), at(0, 3))


def test_new_is_first_seen_after_the_last_change_by_the_instant(warehouse: Warehouse):
    warehouse.add(
        "changes",
        [
            {"change_id": "one", "changed_at": at(0, 2), "component": "prompt", "title": "One"},
            {"change_id": "two", "changed_at": at(0, 30), "component": "policy", "title": "Two"},
        ],
    )
    week = Scope(at(0), at(0, 7), at(0, 8))
    change = present(newest_change(week))
    assert change["title"] == "One"
    groups = {group.name: group for group in error_groups(week, seen_ever(week)).groups}
    # s06 on day 2 at 10:05 is new; s02 on day 1 is not.
    assert groups["refund"].is_new_since(change)
    assert not groups["get_invoice"].is_new_since(change)
    assert not groups["refund"].is_new_since(None)
    assert not groups["refund"].is_new_since({"changed_at": groups["refund"].first_seen})
    assert present(newest_change(Scope(at(0), at(0, 7), at(0, 31))))["title"] == "Two"
    assert newest_change(Scope(at(0, -9), at(0, 7), at(0, 1))) is None


def test_the_whole_history_has_no_filters():
    whole = ever(WEEK.where("topic", "billing"))
    assert whole.filters == ()
    assert whole.since < WEEK.since
    assert whole.as_of == WEEK.as_of
