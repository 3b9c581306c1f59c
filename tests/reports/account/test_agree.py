"""What the page of an account lists, and the figures of the same account: the same numbers."""

from datetime import timedelta

import pytest

from dashboard.query.measure import measure
from dashboard.reports.account.account import HABITS, at_instant, figures, habits, status
from dashboard.reports.account.bucketed_events import bucketed_events
from dashboard.reports.account.failures import account_failures, silent_by_kind
from dashboard.reports.account.ratings import account_ratings
from dashboard.reports.account.timeline import account_timeline, events
from dashboard.scope import Scope
from tests.conftest import Warehouse
from tests.metrics.hand_made import fill
from tests.metrics.story import known, on

ACCOUNTS = [f"a{i}" for i in range(1, 14)]
INSTANTS = ("2 10:30", "4 09:03", "6 20:30", "7 00:00", "8 12:00", "9 00:00")
_METRICS = [
    "episodes",
    "escalations",
    "ratings",
    "failed_spans",
    "unrecovered_error_rate",
    "silent_failures",
]


@pytest.fixture(scope="module", autouse=True)
def _filled(warehouse: Warehouse) -> None:
    fill(warehouse)


def scopes() -> list[Scope]:
    """Every account as of several instants of the week, over six days and a half."""
    length = timedelta(days=6.5)
    return [
        Scope.last(length, on(instant)).where("account", account)
        for account in ACCOUNTS
        for instant in INSTANTS
    ]


def measured(scope: Scope) -> dict[str, float]:
    rows = measure(_METRICS, scope, dating="event").set_index("metric")
    return rows["numerator"].to_dict()


def test_the_status_is_the_figure_of_the_instant():
    risky = waiting = 0
    for scope in scopes():
        found = status(scope)
        values = measure(["accounts_at_risk", "open_handoffs"], at_instant(scope))["value"]
        assert [found.at_risk is not None, found.waiting.total] == list(values)
        risky += found.at_risk is not None
        waiting += found.waiting.total
    assert risky and waiting


def test_failures_are_those_of_the_figures():
    seen = 0
    for scope in scopes():
        found, figure = account_failures(scope, 50), measured(scope)
        assert found.failed == sum(group.failed for group in found.rows) == figure["failed_spans"]
        unmended = sum(group.failed - group.recovered for group in found.rows)
        assert unmended == figure["unrecovered_error_rate"]
        assert sum(silent_by_kind(scope).values()) == figure["silent_failures"]
        seen += found.failed
    assert seen


def test_the_timeline_holds_what_the_figures_count():
    seen = dict.fromkeys(("episodes", "escalations", "ratings", "failed_spans"), 0.0)
    for scope in scopes():
        timeline, figure = account_timeline(scope), measured(scope)
        seen = {key: count + figure[key] for key, count in seen.items()}
        counted = [event.kind for event in events(timeline)]
        assert counted.count("conversation") == figure["episodes"]
        assert counted.count("handoff") == figure["escalations"]
        assert counted.count("rating") == figure["ratings"]
        failures = timeline.failures
        assert sum(1 + len(failure.causes) for failure in failures) == figure["failed_spans"]
        bucketed = {kind: 0 for kind in ("conversation", "handoff", "rating")}
        for bucket in bucketed_events(scope):
            bucketed[bucket.kind] += bucket.count
        assert list(bucketed.values()) == [
            figure["episodes"],
            figure["escalations"],
            figure["ratings"],
        ]
    assert all(seen.values()), seen


def test_outcomes_on_the_timeline_are_those_of_the_figures():
    seen: set[str] = set()
    for scope in scopes():
        rows = measure(["episodes"], scope, by=["outcome"])
        expected = {
            outcome: n for outcome, n in zip(rows["outcome"], rows["value"], strict=True) if n
        }
        found: dict[str, int] = {}
        for event in events(account_timeline(scope)):
            if event.kind == "conversation":
                outcome = event.what["outcome"]
                found[outcome] = found.get(outcome, 0) + 1
        assert found == expected
        seen |= found.keys()
    assert len(seen) > 1


def test_ratings_and_habits_are_those_of_the_figures():
    seen = 0
    for scope in scopes():
        figure = measure(["ratings", "episodes"], scope).set_index("metric")["value"]
        assert account_ratings(scope, 50).total == figure["ratings"]
        assert len(account_ratings(scope, 50).rows) == figure["ratings"]
        used = habits(scope)
        for by in HABITS:
            assert sum(n for _, n in used[by]) == figure["episodes"]
        seen += figure["ratings"]
    assert seen


def test_the_cards_are_the_figures():
    seen = 0
    for scope in scopes()[::5]:
        found = figures(scope)
        rows = measure(list(found), scope).set_index("metric")["value"]
        shown = {key: known(headline.now["value"]) for key, headline in found.items()}
        assert shown == {key: known(value) for key, value in rows.items()}
        seen += sum(value is not None for value in shown.values())
    assert seen
