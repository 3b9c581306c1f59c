"""Exposure over a warehouse small enough to count by hand."""

from datetime import timedelta
from typing import Any

import pytest

from dashboard.reports.api_errors.error_groups import error_groups
from dashboard.reports.api_errors.error_identity import Identity, identity
from dashboard.reports.api_errors.exposure import (
    HANDOFF,
    LAGS,
    MOST_LISTED,
    START,
    ErrorExposure,
    error_exposure,
    exposed_episodes,
)
from dashboard.scope import Scope
from tests.conftest import Warehouse, conversation, span
from tests.metrics.story import on
from tests.present import present

WEEK = Scope(on("0 00:00"), on("7 00:00"), on("8 00:00"))
SEVEN, DAY = timedelta(days=7), timedelta(hours=24)
PAGES = {label: place for place, (label, _) in enumerate(LAGS)}

_EPISODES = """
acct|start     |handoff   |topic  |channel|what for
x1  |1 03:01   |1 03:30   |billing|chat   |EXPOSED: starts as the failure of 03:00 ends
x1  |1 02:00:59|          |billing|chat   |one second before the end of the failure of 02:00: not exposed
x1  |1 09:00   |1 15:00   |billing|chat   |EXPOSED, escalated 12 h after the failure
x1  |3 02:00   |3 02:10   |billing|chat   |EXPOSED on the seven days, not on one
x2  |5 00:00   |          |billing|chat   |EXPOSED: the failure began 7 days before, to the second
x3  |5 00:00   |5 01:00   |billing|chat   |the failure began 7 days and 1 s before
x4  |2 10:00   |2 10:05   |setup  |email  |EXPOSED
x4  |2 12:30   |          |setup  |email  |EXPOSED, contained; exactly 3 h after the failure
x5  |4 10:00   |4 10:05   |rare   |voice  |EXPOSED, alone in its stratum
u1  |1 10:00   |          |billing|chat   |
u2  |1 10:00   |1 10:30   |billing|chat   |
u3  |1 10:00   |          |billing|chat   |
u4  |1 10:00   |          |billing|chat   |
u5  |1 10:00   |          |setup  |email  |
u6  |1 10:00   |1 11:00   |setup  |email  |
u7  |1 10:00   |          |       |chat   |no topic: a stratum of its own
u8  |7 00:00   |7 00:01   |billing|chat   |after the window
x1  |6 01:00   |          |billing|chat   |PENDING
x1  |6 02:00   |          |billing|chat   |NOT INVOLVED
x1  |6 03:00   |6 03:01   |billing|chat   |EXCLUDED
x6  |6 09:00   |6 09:05   |billing|chat   |its failure was the customer's own device's
x7  |6 09:00   |6 09:05   |billing|chat   |its failure was in an excluded conversation
x8  |6 09:00   |          |billing|chat   |its failure is of another group
"""
_FAILURES: tuple[tuple[str, str, float | None, dict[str, str]], ...] = (
    # account, start, ms, more
    ("x1", "1 03:00", 60_000.0, {}),
    ("x1", "1 02:00", 60_000.0, {}),
    ("x2", "-2 00:00", 60_000.0, {}),
    ("x3", "-3 23:59:59", 60_000.0, {}),
    ("x4", "2 09:30", None, {}),
    ("x5", "4 09:59", 1_000.0, {}),
    ("x6", "6 08:00", 60_000.0, {"origin": "customer"}),
    ("x7", "6 08:00", 60_000.0, {"conversation_id": "ctest"}),
    ("x8", "6 08:00", 60_000.0, {"error_message": "another"}),
)


def _episode(number: int, line: str) -> dict[str, Any]:
    account, start, handoff, topic, channel, what = [cell.strip() for cell in line.split("|")]
    known = {
        "account_id": account,
        "topic": topic or None,
        "channel": channel,
        "first_ai_reply_at": on(start) + timedelta(seconds=5),
        "handoff_at": on(handoff) if handoff else None,
        "ended_at": on(start) + timedelta(hours=1),
        "closing_signal": "silent",
        "is_excluded": what == "EXCLUDED",
    }
    if what == "PENDING":
        known |= {"ended_at": None, "closing_signal": None}
    if what == "NOT INVOLVED":
        known |= {"first_ai_reply_at": None}
    return conversation(number, on(start), **known)


@pytest.fixture(scope="module", autouse=True)
def _filled(warehouse: Warehouse) -> None:
    lines = _EPISODES.strip().splitlines()[1:]
    warehouse.add("conversations", [_episode(number, line) for number, line in enumerate(lines)])
    warehouse.add(
        "conversations",
        [conversation("test", on("6 07:00"), account_id="x7", is_excluded=True)],
    )
    warehouse.add(
        "spans",
        [
            span(
                number,
                on(start),
                account_id=account,
                duration_ms=ms,
                **{
                    "origin": "background",
                    "error_type": "http_503",
                    "error_message": "down 12",
                    **more,
                },
            )
            for number, (account, start, ms, more) in enumerate(_FAILURES)
        ],
    )


@pytest.fixture
def group() -> Identity:
    found = {group.message: group.fingerprint for group in error_groups(WEEK, {}).groups}
    return present(identity(found["down ‹n›"], WEEK))


def strata(found: ErrorExposure) -> dict[tuple, tuple]:
    return {(s.topic, s.channel): (s.exposed, s.unexposed) for s in found.strata}


def test_the_strata_by_hand(group: Identity):
    assert strata(error_exposure(group, WEEK, SEVEN)) == {
        ("billing", "chat"): ((3, 4), (4, 9)),
        ("setup", "email"): ((1, 2), (1, 2)),
        ("rare", "voice"): ((1, 1), (0, 0)),
        (None, "chat"): ((0, 0), (0, 1)),
    }


def test_the_comparison_by_hand(group: Identity):
    found = error_exposure(group, WEEK, SEVEN)
    assert found.exposed == 7
    excess = present(found.found)
    assert (excess.observed, excess.episodes, excess.others) == (4, 6, 11)
    # 4 × 4/9 and 2 × 1/2.
    assert excess.expected == pytest.approx(16 / 9 + 1)
    assert excess.without_others == (1, 1)


def test_a_shorter_horizon_exposes_fewer(group: Identity):
    found = strata(error_exposure(group, WEEK, DAY))
    assert found["billing", "chat"] == ((2, 2), (5, 11))
    assert found["setup", "email"] == ((1, 2), (1, 2))


def bins(found: ErrorExposure, kind: str) -> dict[str, int]:
    return {LAGS[place][0]: count for place, count in enumerate(found.lags[kind]) if count}


def test_the_lags_by_hand(group: Identity):
    found = error_exposure(group, WEEK, SEVEN)
    # From the end of the last failure before the start: 03:01 for x1; x4's took no measured time.
    assert bins(found, START) == {
        "under 1 h": 3,
        "3–6 h": 2,
        "1–2 d": 1,
        "3–7 d": 1,
    }
    assert bins(found, HANDOFF) == {"under 1 h": 3, "6–12 h": 1, "1–2 d": 1}
    assert sum(found.lags[START]) == found.exposed


@pytest.mark.parametrize("kind", [START, HANDOFF])
def test_a_bar_lists_its_episodes(group: Identity, kind: str):
    found = error_exposure(group, WEEK, SEVEN)
    assert sum(found.lags[kind]) > 1
    for place, count in enumerate(found.lags[kind]):
        rows = exposed_episodes(group, WEEK, SEVEN, kind, place)
        assert len(rows) == min(count, MOST_LISTED)
        starts = [row["started_at"] for row in rows]
        assert starts == sorted(starts, reverse=True)
    [row] = exposed_episodes(group, WEEK, SEVEN, HANDOFF, PAGES["6–12 h"])
    assert (row["account_id"], row["outcome"], row["failed_at"]) == (
        "x1",
        "escalated",
        on("1 03:01"),
    )


def test_nothing_after_the_instant_is_seen(group: Identity):
    # The first exposed episode starts at 03:01, is handed off at 03:30 and ends at 04:01.
    before = Scope(WEEK.since, WEEK.until, on("1 03:20"))
    assert error_exposure(group, before, SEVEN).found is None
    handed_off = Scope(WEEK.since, WEEK.until, on("1 03:30"))
    assert strata(error_exposure(group, handed_off, SEVEN)) == {
        ("billing", "chat"): ((1, 1), (0, 1))
    }
    # By 09:30 the episode of 09:00 is pending; at noon it has ended and is contained; then it escalates.
    for moment, exposed in {"1 09:30": (1, 1), "1 12:00": (1, 2), "1 15:00": (2, 2)}.items():
        at_moment = Scope(WEEK.since, WEEK.until, on(moment))
        assert strata(error_exposure(group, at_moment, SEVEN))["billing", "chat"][0] == exposed


def test_filters_narrow_the_episodes_and_not_the_failures(group: Identity):
    only = error_exposure(group, WEEK.where("topic", "setup"), SEVEN)
    assert strata(only) == {("setup", "email"): ((1, 2), (1, 2))}
    # What is a filter on calls says nothing of episodes.
    same = error_exposure(group, WEEK.where("system", "crm"), SEVEN)
    assert strata(same) == strata(error_exposure(group, WEEK, SEVEN))


def test_a_window_without_exposed_episodes(group: Identity):
    empty = error_exposure(group, Scope(on("-30 00:00"), on("-20 00:00"), on("8 00:00")), SEVEN)
    assert (empty.found, empty.exposed) == (None, 0)
