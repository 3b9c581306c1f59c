"""What the AI resolves, and whether it lasts."""

from datetime import timedelta

from dashboard.metrics.definitions.counts import (
    CONFIRMED,
    CONTAINED,
    INVOLVED_SHARE,
    NOR_PENDING,
    RESOLVED,
    RESOLVED_SHARE,
    SETTLED,
)
from dashboard.metrics.figure import RowCount
from dashboard.metrics.kinds import DurableShare, Product, Share
from dashboard.metrics.metric import Metric

_HOURS = {"24h": "24 hours", "72h": "72 hours", "7d": "7 days"}
_LENGTHS = {"24h": timedelta(hours=24), "72h": timedelta(hours=72), "7d": timedelta(days=7)}


def _mature(window: str) -> RowCount:
    return RowCount(
        "episodes",
        f"resolved episodes that ended at least {_HOURS[window]} before the as-of time",
        f"is_resolved and ended_at <= known_until - interval '{_HOURS[window]}'",
        matures_after=_LENGTHS[window],
    )


def _durable(window: str) -> Metric:
    hours = _HOURS[window]
    no_return = f"coalesce(next_episode_at >= ended_at + interval '{hours}', true)"
    mature = _mature(window)
    return Metric(
        f"durable_resolution_rate_{window}",
        f"Durable resolution {window}",
        group="Resolution",
        excludes=f"{NOR_PENDING}; episodes that ended less than {hours} before the as-of time",
        unit="share",
        good="up",
        kind=DurableShare(
            RowCount(
                "episodes",
                f"resolved episodes with no new episode of the account within {hours}",
                f"{mature.where} and {no_return}",
                matures_after=mature.matures_after,
            ),
            mature,
            RESOLVED,
            RowCount(
                "episodes",
                f"resolved less than {hours} ago, with no new episode yet",
                f"is_resolved and ended_at > known_until - interval '{hours}'"
                " and next_episode_at is null",
                matures_after=mature.matures_after,
            ),
        ),
        cards_on=("containment",) if window != "7d" else (),
        trend_on=("containment",),
    )


def _maturity(window: str) -> Metric:
    return Metric(
        f"maturity_{window}",
        f"Maturity {window}",
        group="Resolution",
        definition=f"Resolved episodes that ended at least {_HOURS[window]} before the as-of time, as a "
        "share of all resolved episodes: how much of the durable figure is final.",
        excludes=NOR_PENDING,
        unit="share",
        good="neither",
        kind=Share(_mature(window), RESOLVED),
    )


METRICS = (
    Metric(
        "containment_rate",
        "Containment",
        group="Resolution",
        excludes=NOR_PENDING,
        unit="share",
        good="up",
        kind=Share(CONTAINED, SETTLED),
        cards_on=("containment", "account"),
        trend_on=("containment",),
    ),
    Metric(
        "resolution_rate",
        "Resolution",
        group="Resolution",
        excludes=NOR_PENDING,
        unit="share",
        good="up",
        kind=RESOLVED_SHARE,
        cards_on=("containment", "account"),
        trend_on=("containment",),
    ),
    Metric(
        "confirmed_share",
        "Confirmed",
        group="Resolution",
        excludes=NOR_PENDING,
        unit="share",
        good="up",
        kind=Share(CONFIRMED, RESOLVED),
        cards_on=("containment",),
    ),
    *(_durable(window) for window in _HOURS),
    *(_maturity(window) for window in _HOURS),
    Metric(
        "automation_rate",
        "Automation",
        group="Resolution",
        definition="The share of episodes that involve the AI, multiplied by the resolution rate.",
        excludes=NOR_PENDING,
        unit="share",
        good="up",
        kind=Product(INVOLVED_SHARE, RESOLVED_SHARE),
        cards_on=("containment",),
        trend_on=("containment",),
    ),
)
