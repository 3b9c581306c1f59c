"""What happens to the company and when, in days from the anchor."""

from datetime import date

import numpy as np

from dashboard.sources.demo.world import World

VERSIONS = ("ada-2.2", "ada-2.3", "ada-2.4")
_PREVIOUS_VERSION_SINCE = -66
# Share of episodes on the newest version by day; all of them from the last day named.
_ROLLOUT = {-19: 0.1, -18: 0.5}
_ROLLED_OUT = -17
_ARTICLE_OUTDATED_SINCE = -30
_SYNC_FAILS_ON = frozenset({0, -6, -13, -27, -41, -63})
_SYNC_FAILS_EVERY = 7
_GATEWAY_OUTAGES = {-1: (10.6, 14.4), -22: (13.2, 16.9)}
_GATEWAY_FAILS_EVERY = 19


def sync_fails(world: World, day: date) -> bool:
    """Whether the night's ledger sync fails for many accounts without anybody noticing."""
    offset = world.offset(day)
    return offset in _SYNC_FAILS_ON or (offset > 0 and offset % _SYNC_FAILS_EVERY == 0)


def gateway_outage(world: World, day: date) -> tuple[float, float] | None:
    """Start and end, in seconds after midnight UTC, of the payment gateway's trouble on `day`."""
    offset = world.offset(day)
    hours = _GATEWAY_OUTAGES.get(offset)
    if hours is None and offset > 0 and offset % _GATEWAY_FAILS_EVERY == 0:
        hours = (11.2, 14.0)
    return (hours[0] * 3600, hours[1] * 3600) if hours else None


def agent_versions(world: World, day: date, draws: np.ndarray) -> np.ndarray:
    """Index into `VERSIONS` for each uniform draw of `draws`."""
    offset = world.offset(day)
    share = 1.0 if offset >= _ROLLED_OUT else _ROLLOUT.get(offset, 0.0)
    before = 1 if offset >= _PREVIOUS_VERSION_SINCE else 0
    return np.where(draws < share, 2, before)


def article_is_outdated(world: World, day: date) -> bool:
    """Whether the product no longer looks as the article on reminders says."""
    return world.offset(day) >= _ARTICLE_OUTDATED_SINCE
