"""Run by itself: the registry with strangers' metrics in it, every one of them rolled up and measured.

Rolls up the warehouse of WAREHOUSE_URL, and prints as JSON what differs from the facts, and of which
metrics the sums answered a part.
"""

import json
from datetime import timedelta

from dashboard.metrics.facts import FACTS
from dashboard.metrics.registry import METRICS
from dashboard.metrics.validation import check_metrics
from dashboard.scope import Scope
from tests.metrics.random_warehouse import FIRST
from tests.rollups.strangers import WORKING

METRICS |= check_metrics([*METRICS.values(), *WORKING])

# Only now: the groups are made of the registry as it is when they are first asked for.
from dashboard.query.measure import measure  # noqa: E402
from dashboard.query.read_from import Reading  # noqa: E402
from dashboard.rollups.builder import roll_up  # noqa: E402
from dashboard.rollups.definitions import group_of  # noqa: E402
from dashboard.rollups.usable_days import clear_days_cache  # noqa: E402
from tests.rollups.shares import shares  # noqa: E402

DAYS = timedelta(days=1)
ASKED = [4 * DAYS, 9 * DAYS, 10 * DAYS + 3 * DAYS / 24, 11 * DAYS, 40 * DAYS]
FLOWS = [key for key, one in METRICS.items() if not any(FACTS[f].is_snapshot for f in one.facts)]
BINNED = {"latency_p50", "latency_p95"}


def differing(scope: Scope, by: list[str]) -> list[str]:
    """The metrics of which sums say anything else than the facts."""
    found = []
    for dating in ("episode", "event"):
        asked = [k for k in FLOWS if set(by) <= {d.key for d in METRICS[k].dimensions}]
        clear_days_cache()
        sums, facts = (
            measure(asked, scope, by, dating=dating, reading=way)
            for way in (Reading.ROLLUPS, Reading.FACTS)
        )
        for key in asked:
            if key not in BINNED:
                one, other = (
                    frame[frame["metric"] == key]
                    .sort_values(["metric", *by])
                    .reset_index(drop=True)
                    for frame in (sums, facts)
                )
                if not one.equals(other):
                    found.append(f"{key} by {by}, {dating}, asked at {scope.as_of}")
    return found


def main() -> None:
    """Roll up, compare, print."""
    done = roll_up()
    assert done is not None
    wrong = [
        each
        for after in ASKED
        for by in ([], ["topic"])
        for each in differing(Scope(FIRST, FIRST + 10 * DAYS, FIRST + after), by)
    ]
    later = Scope(FIRST, FIRST + 10 * DAYS, FIRST + 40 * DAYS)
    rolled = []
    for key in FLOWS:
        read = shares(measure([key], later, reading=Reading.ROLLUPS))
        wanted = {
            group.key
            for aggregate in METRICS[key].kind.asked()
            if (group := group_of(aggregate.fact, aggregate.sql))
        }
        if wanted and all(read.get(group, 0) > 0.9 for group in wanted):
            rolled.append(key)
    print(json.dumps({"days": done.days, "wrong": wrong, "rolled": rolled}))


if __name__ == "__main__":
    main()
