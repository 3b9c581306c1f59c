"""What the pages make of the dimensions of the recipe: run in a copy of the project that has them.

Prints one line of JSON; `tests/test_recipe_dimension.py` reads it.
"""

import csv
import io
import json
import sys
from datetime import UTC, datetime

from streamlit.testing.v1 import AppTest

from dashboard.query.measure import measure
from dashboard.reports.conversations.conversations import list_filter_values
from dashboard.reports.conversations.csv import export
from dashboard.reports.conversations.question import read_question
from dashboard.rollups.definitions import ROLLUP_GROUPS
from dashboard.rollups.planner import Plan, plan
from dashboard.scope import Scope, parse_instant, parse_length
from tests.pages.app_page import open_page, words_on
from tests.pages.drawn import words_of
from tests.pages.figures import texts_drawn

AS_OF = "2026-03-04T14:20:00Z"
ANALYSIS = ("containment", "escalations", "satisfaction")
BAND = {"revenue_band": "under 200"}


def everything_on(app: AppTest) -> str:
    return f"{words_on(app)}\n{words_of(app)}"


def opened(page: str, **link: str) -> AppTest:
    app = open_page(page, as_of=AS_OF, window="28d", **link)
    assert not app.exception, (page, link)
    assert "could not be" not in everything_on(app), (page, link)
    return app


def breakdown(app: AppTest, label: str) -> dict[str, int]:
    """Segment → n of the one table that has a column of that label."""
    (table,) = (frame.value for frame in app.dataframe if label in frame.value.columns)
    return {segment: int(n) for segment, n in zip(table[label], table["n"], strict=True)}


def rolled_up(by: str) -> dict[str, float]:
    """Rollup group → how much of the window's time its sums can tell by that dimension."""
    scope = Scope.last(parse_length("28d"), parse_instant(AS_OF, "UTC"))
    plans = {group.key: plan(group, [scope], [by], None) for group in ROLLUP_GROUPS}
    return {key: found.share if isinstance(found, Plan) else 0.0 for key, found in plans.items()}


def filter_bar() -> dict:
    app = opened("containment", **BAND)
    box = app.multiselect(key="choice revenue_band")
    before, after = list(box.value), ["200 to 500", "(unknown)"]
    app = box.set_value(after).run()
    return {
        "label": box.label,
        "help": box.proto.help,
        "offered": list(box.options),
        "shown": before,
        "in_link": app.query_params["revenue_band"],
        "warnings": [warning.value for warning in app.warning],
    }


def conversations() -> dict:
    now = datetime.now(UTC)
    question, problems = read_question(
        {"as_of": [AS_OF], "window": ["28d"], "closing_signal": ["confirmed"]}
        | {key: [value] for key, value in BAND.items()},
        "UTC",
    )
    rows = list(csv.DictReader(io.StringIO(export(question, now).decode("utf-8-sig"))))
    page = opened("conversations", closing_signal="confirmed", **BAND)
    page.multiselect(key="choice closing_signal")
    one = rows[0]
    return {
        "problems": problems,
        "page": everything_on(page),
        "signals_offered": list_filter_values(parse_instant(AS_OF, "UTC"))["closing_signal"],
        "csv": [
            [row[key] for key in ("revenue_band", "weekday", "closing_signal")] for row in rows
        ],
        "days": [row["started_at"] for row in rows],
        "conversation": everything_on(
            opened("conversation", account=one["account_id"], id=one["conversation_id"])
        ),
        "account": everything_on(opened("account", account=one["account_id"])),
        "excluded": everything_on(opened("conversations", metric="excluded_episodes", **BAND)),
        "silent": everything_on(opened("conversations", metric="silent_failures", **BAND)),
        "failed": everything_on(opened("conversations", failed="yes", weekday="Mon")),
    }


def main() -> None:
    at = parse_instant(AS_OF, "UTC")
    groups = measure(["failed_spans"], Scope.last(parse_length("28d"), at), by=["group"])
    group = groups.sort_values("value")["group"].iloc[-1]
    api_errors = opened("api_errors", group=group, by="revenue_band")
    found = {
        "rolled_up": {by: rolled_up(by) for by in ("revenue_band", "weekday")},
        "filter_bar": filter_bar(),
        "breakdowns": {
            page: {
                "Revenue band": breakdown(opened(page, by="revenue_band"), "Revenue band"),
                "Weekday": breakdown(opened(page, by="weekday"), "Weekday"),
            }
            for page in ANALYSIS
        },
        "api_errors": breakdown(api_errors, "Revenue band"),
        "filtered": {
            page: everything_on(opened(page, weekday="Mon", **BAND))
            for page in (*ANALYSIS, "api_errors", "control_room")
        },
        "split": texts_drawn(opened("containment", split="revenue_band")),
        "conversations": conversations(),
        "definitions": words_on(open_page("definitions")),
    }
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
