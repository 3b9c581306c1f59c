"""The wall's lists as the browser gets them: texts and links."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from dashboard.components.shared.links import conversation_link, conversations_link
from dashboard.metrics.formatting import age_text, clock_words, value_text
from dashboard.metrics.registry import find_metric
from dashboard.postgres.read import FrameRow
from dashboard.reports.shared.normal import compare
from dashboard.reports.wall.wall import TREND, Wall
from dashboard.scope_url import OpenScope

Row = dict[str, Any]

_SYSTEM_ROWS = 5


def at_risk_rows(wall: Wall, page_scope: OpenScope) -> list[Row]:
    """The accounts at risk that pay most, each with its newest unrecovered failure."""
    return [
        {
            "name": row.account_name,
            "what": f"{row.system} · {row.name}",
            "when": _ago(wall, row.failed_at),
            "link": conversation_link(page_scope, row.account_id, row.conversation_id),
        }
        for row in wall.at_risk.itertuples()
    ]


def system_rows(wall: Wall, page_scope: OpenScope) -> list[Row]:
    """Errors by system: those worse than expected first, then by failed calls."""
    metric = find_metric("api_error_rate")
    found = []
    for system, rows in wall.systems.groupby("system"):
        now = rows[rows["frame"] == 0]
        if now.empty:
            continue
        normal, row = compare(metric.key, rows.itertuples(), wall.known_weeks), now.iloc[0]
        found.append(
            {
                "name": system,
                "rate": value_text("share", row.value),
                "share": float(row.value),
                "n": f"{int(row.numerator):,} of {int(row.n):,}",
                "failed": int(row.numerator),
                "is_worse": normal.is_worse(metric),
                "link": conversations_link(page_scope.where("system", system), "failed_spans"),
            }
        )
    # Not by rate: one failure in six calls is not worth a place.
    found.sort(key=lambda row: (not row["is_worse"], -row["failed"], row["name"]))
    return found[:_SYSTEM_ROWS]


def silent_failures(wall: Wall, page_scope: OpenScope) -> dict[str, Any]:
    """The newest silent failures, and how many there were."""
    day = replace(page_scope, length=TREND, since=None, until=None)
    return {
        "count": int(wall.total("silent_failures").value),
        "link": conversations_link(day, "silent_failures"),
        "rows": [
            {
                "when": clock_words(row.occurred_at, wall.scope.time_zone),
                "name": row.account_name,
                "what": _silence(row),
                "link": conversation_link(page_scope, row.account_id, row.conversation_id),
            }
            for row in wall.silent.itertuples()
        ],
    }


def _silence(row: FrameRow) -> str:
    if row.rule == "went_on":
        return f"AI continued after {row.name} failed"
    before = age_text((row.occurred_at - row.failed_at).total_seconds())
    return f"{row.name} failed {before} earlier"


def freshness_rows(wall: Wall) -> list[Row]:
    """How old each source is."""

    def age_words(age: timedelta | None) -> str:
        return f"{age_text(age.total_seconds())} ago" if age is not None else "never"

    return [
        {
            "source": found.source,
            "event": age_words(found.event_age),
            "load": age_words(found.load_age),
            "is_stale": found.is_stale,
        }
        for found in wall.freshness
    ]


def _ago(wall: Wall, instant: datetime) -> str:
    return f"{age_text((wall.scope.as_of - instant).total_seconds())} ago"
