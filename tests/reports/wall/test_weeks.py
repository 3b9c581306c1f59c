"""The weeks before: what they are made of, how long they are kept, and that now is never kept."""

from datetime import timedelta

import pytest

from dashboard.query.measure import measure
from dashboard.reports.shared.normal import with_earlier_weeks
from dashboard.reports.wall.weeks import clear_weeks_cache, hours_with_weeks, with_weeks
from dashboard.scope import Scope
from tests.conftest import Warehouse, at, conversation

NOW = at(14, 60) + timedelta(minutes=7)
METRICS = ["containment_rate", "escalations", "open_handoffs"]


def one(number: int, started, escalated: bool = False) -> dict:
    return conversation(
        number,
        started,
        first_ai_reply_at=started,
        ended_at=started + timedelta(minutes=9),
        handoff_at=started + timedelta(minutes=3) if escalated else None,
    )


@pytest.fixture
def weeks(new_warehouse) -> Warehouse:
    """Seven weeks in which a call comes every ten minutes, and every fourth escalates."""
    made = new_warehouse("weeks")
    start = NOW - timedelta(weeks=7)
    made.add(
        "conversations",
        [one(n, start + timedelta(minutes=10 * n), n % 4 == 0) for n in range(7 * 7 * 24 * 6)],
    )
    clear_weeks_cache()
    return made


def scope(now=NOW, hours: int = 4) -> Scope:
    return Scope(now - timedelta(hours=hours), now, now)


def same(found, wanted) -> bool:
    keys = [key for key in ("metric", "frame", "bucket") if key in found]
    ordered = [f.sort_values(keys).reset_index(drop=True) for f in (found, wanted)]
    return ordered[0].equals(ordered[1][ordered[0].columns])


def test_on_the_quarter_they_are_the_same_hours_of_the_weeks_before(weeks: Warehouse):
    now = at(14, 60)
    assert same(with_weeks(METRICS, scope(now)), measure(METRICS, with_earlier_weeks(scope(now))))


def test_within_a_quarter_now_moves_on_and_the_weeks_stay(weeks: Warehouse):
    first, later = (with_weeks(METRICS, scope(NOW + timedelta(minutes=m))) for m in (0, 6))
    exact = measure(METRICS, [scope(NOW + timedelta(minutes=6))])
    assert same(later[later["frame"] == 0], exact)
    assert same(later[later["frame"] > 0], first[first["frame"] > 0])
    next_quarter = with_weeks(METRICS, scope(NOW + timedelta(minutes=9)))
    assert not same(next_quarter[next_quarter["frame"] > 0], first[first["frame"] > 0])


def test_now_is_never_kept_and_a_correction_of_an_earlier_week_comes_with_the_next(weeks):
    before = with_weeks(METRICS, scope())
    weeks.add("conversations", [one(100_000, NOW - timedelta(minutes=20), True)])
    weeks.add("conversations", [one(100_001, NOW - timedelta(weeks=1, minutes=20), True)])
    after = with_weeks(METRICS, scope())

    def escalations(frame, week: int) -> int:
        rows = frame[(frame["metric"] == "escalations") & (frame["frame"] == week)]
        return int(rows["value"].iloc[0])

    assert escalations(after, 0) == escalations(before, 0) + 1
    assert escalations(after, 1) == escalations(before, 1)
    clear_weeks_cache()
    assert escalations(with_weeks(METRICS, scope()), 1) == escalations(before, 1) + 1


def test_hours_lie_beside_each_other_and_the_one_that_is_not_over_is_equally_long(weeks):
    day = Scope(at(14, 59), NOW, NOW)
    found = hours_with_weeks(["escalations", "containment_rate"], day)
    counts = found.groupby(["metric", "frame"])["bucket"].nunique()
    assert set(counts) == {25}
    wanted = measure(["escalations"], with_earlier_weeks(day), bucket="hour")
    last = found[found["metric"] == "escalations"].groupby("frame")["bucket"].transform("max")
    is_last = found["bucket"] == last.reindex(found.index)
    is_wanted = wanted["bucket"] == wanted.groupby("frame")["bucket"].transform("max")
    assert same(found[is_last & (found["metric"] == "escalations")], wanted[is_wanted])


def test_on_the_hour_there_is_no_hour_that_is_not_over(weeks):
    day = Scope(at(15, 59), at(15, 60), at(15, 60))
    found = hours_with_weeks(["escalations"], day)
    assert same(found, measure(["escalations"], with_earlier_weeks(day), bucket="hour"))
