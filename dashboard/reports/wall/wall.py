"""The wall: is it normal right now, and if not, where and how many customers does it hit?"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pandas as pd
from sqlalchemy import Select, column, select

from dashboard.metrics.buckets import bucket_starts
from dashboard.metrics.sql import conditions
from dashboard.postgres.read import read
from dashboard.query.measure import Question, counted, measure, questions
from dashboard.query.parallel import run_concurrently
from dashboard.reports.shared.account_names import with_account_names
from dashboard.reports.shared.at_risk import accounts_at_risk
from dashboard.reports.shared.freshness import Freshness, freshness
from dashboard.reports.shared.history import history_start, known_weeks
from dashboard.reports.shared.normal import Normal, compare, with_earlier_weeks
from dashboard.reports.wall.headline import what_happened
from dashboard.reports.wall.weeks import hours_with_weeks, weeks_before, with_weeks
from dashboard.rollups.materialized import SILENT_FAILURES
from dashboard.rollups.materialized_rows import materialized_rows
from dashboard.scope import Scope
from dashboard.settings import settings

TREND = timedelta(hours=24)
RATINGS_WINDOW = timedelta(hours=24)
_TICKER_ROWS = 12
_RISK_ROWS = 8

AT_RISK = "accounts_at_risk"

HEADLINE_METRICS = (
    "containment_rate",
    "resolution_rate",
    "confirmed_share",
    "time_to_human_p50",
    "time_to_human_p90",
    "escalations",
    "api_error_rate",
    "unrecovered_error_rate",
    "open_handoffs",
    AT_RISK,
)
_COMPARED = (*HEADLINE_METRICS, "csat", "csat_mean", "ratings")
_TRENDS = ("containment_rate", "resolution_rate", "escalations", "api_error_rate")


@dataclass(frozen=True)
class Wall:
    """Everything on the wall at one instant.

    `figures`: metric key → figure vs. its expected range, over the window of `scope`, ratings over
    `RATINGS_WINDOW`. `trends`: as `measure` gives it, by hour, from the one in which `TREND` ago
    lies, frame 0 now and the others the earlier weeks. `systems`: errors by system, as `measure`
    gives them, over the same frames. `handled_by`: CSAT apart by who handled it. `silent` and
    `at_risk`: newest rows.
    `known_weeks`: weeks of history the bands rest on. `story`: what happened, if anything did.
    """

    scope: Scope
    figures: dict[str, Normal]
    totals: pd.DataFrame
    trends: pd.DataFrame
    systems: pd.DataFrame
    handled_by: pd.DataFrame
    silent: pd.DataFrame
    at_risk: pd.DataFrame
    freshness: list[Freshness]
    known_weeks: int
    story: str | None

    def total(self, key: str) -> pd.Series:
        """The figure of a metric now, with n, interval, numerator and denominator."""
        rows = self.totals
        return rows[(rows["metric"] == key) & (rows["frame"] == 0)].iloc[0]


def wall(scope: Scope) -> Wall:
    """The wall of `scope`. Its questions are sent side by side; the errors of `fetch` pass through."""
    ratings = _last(scope, max(RATINGS_WINDOW, scope.length))
    trend = _last(scope, TREND)
    stale_after = timedelta(minutes=settings().stale_after_minutes)
    questions: dict[str, Callable[[], Any]] = {
        # The longest first, and what the story needs before the rest.
        "at_risk": lambda: _at_risk(scope),
        "trends": lambda: hours_with_weeks(_TRENDS, _whole_hours(trend)),
        "totals": lambda: with_weeks([key for key in HEADLINE_METRICS if key != AT_RISK], scope),
        "ratings": lambda: with_weeks(["csat", "csat_mean", "ratings"], ratings, dating="event"),
        "others": lambda: measure(
            [
                "csat_response_rate",
                "durable_resolution_rate_24h",
                "silent_failures",
                "excluded_episodes",
            ],
            trend,
        ),
        "start": history_start,
        "systems": lambda: with_weeks(["api_error_rate"], scope, by=["system"]),
        "handled_by": lambda: measure(["csat"], ratings, by=["handled_by"], dating="event"),
        "silent": lambda: newest_silent_failures(trend),
        "freshness": lambda: freshness(scope.as_of, stale_after),
    }
    with run_concurrently(questions.values()) as futures:
        sent = dict(zip(questions, futures, strict=True))
        totals = _totals(
            sent["totals"].result(),
            sent["ratings"].result(),
            sent["at_risk"].result(),
            sent["others"].result(),
        )
        weeks = known_weeks(scope.since, sent["start"].result())
        rows = list(totals.itertuples())
        figures = {key: compare(key, rows, weeks) for key in _COMPARED}
        # Asked while the rest is under way.
        story = what_happened(scope, figures, sent["trends"].result(), weeks)
        answers = {name: answer.result() for name, answer in sent.items()}
    return Wall(
        scope,
        figures,
        totals,
        answers["trends"],
        answers["systems"],
        answers["handled_by"],
        answers["silent"],
        answers["at_risk"][1],
        answers["freshness"],
        weeks,
        story,
    )


def _totals(
    headlines: pd.DataFrame,
    ratings: pd.DataFrame,
    at_risk: tuple[pd.DataFrame, pd.DataFrame],
    others: pd.DataFrame,
) -> pd.DataFrame:
    return pd.concat([headlines, ratings, at_risk[0], others.assign(frame=0)], ignore_index=True)


def wall_questions(scope: Scope) -> dict[str, Question]:
    """Fact → the question behind the tiles' figures and their bands."""
    return questions(HEADLINE_METRICS, with_earlier_weeks(scope))


def newest_silent_failures(scope: Scope, most: int = _TICKER_ROWS) -> pd.DataFrame:
    """The newest silent failures in `scope`, a row each, with the account's name."""
    fact = SILENT_FAILURES.fact
    newest: Select = (
        select(
            *map(
                column,
                (
                    "account_id",
                    "conversation_id",
                    "occurred_at",
                    "failed_at",
                    "rule",
                    "system",
                    "name",
                    "error_type",
                    "topic",
                    "plan",
                ),
            ),
        )
        .select_from(materialized_rows(SILENT_FAILURES, scope))
        .where(*conditions(fact, scope.filters))
        .order_by(column("occurred_at").desc(), column("conversation_id"), column("span_id"))
        .limit(most)
    )
    return with_account_names(read(newest))


def _at_risk(scope: Scope) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The figure beside its earlier weeks, and the rows: the list has counted what it is of."""
    found = accounts_at_risk(scope, _RISK_ROWS)
    now = counted(AT_RISK, found.count).assign(frame=0)
    return pd.concat([now, weeks_before([AT_RISK], scope)], ignore_index=True), found.rows


def _last(scope: Scope, length: timedelta) -> Scope:
    return replace(scope, since=scope.until - length)


def _whole_hours(scope: Scope) -> Scope:
    return replace(scope, since=bucket_starts(scope.since, scope.until, "hour", scope.time_zone)[0])
