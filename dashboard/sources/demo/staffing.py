"""How long customers wait for a human: staffed by day, a skeleton crew otherwise, on call at night."""

from datetime import date

import numpy as np

from dashboard.sources.demo.arrivals import Arrivals
from dashboard.sources.demo.phrasebook import phrasebook
from dashboard.sources.demo.plans import Outcomes, Plan

_OPENS, _CLOSES, _NIGHT_FROM = 7.0, 18.0, 22.0
_STAFFED = (235, 0.85)
_SKELETON = (1_900, 0.9)
# Share of what comes in at night that somebody is woken for.
_ON_CALL = 0.6
_MORNING_BACKLOG = (900, 0.8)
_SLOWER = {"technical": 1.7, "billing": 1.1, "payments": 1.15, "tier-1": 0.8}
_VOICE_IS_ANSWERED_FIRST = 0.4
_MAIL_WAITS = 5.0
_SHORTEST = 12


def seconds_to_human(
    day: date, at: np.ndarray, who: Arrivals, went: Outcomes, random: np.random.Generator
) -> np.ndarray:
    """Seconds from `at` (after midnight UTC of `day`) until the first human reply, for each episode."""
    hour = (at / 3600) % 24
    weekday = (day.weekday() + at // 86_400) % 7
    is_weekend = weekday >= 5
    is_night = (hour >= _NIGHT_FROM) | (hour < _OPENS)
    is_staffed = ~is_weekend & (hour >= _OPENS) & (hour < _CLOSES)
    until_morning = ((_OPENS - hour) % 24) * 3600
    wait = _lognormal(_SKELETON, len(at), random)
    wait[is_staffed] = _lognormal(_STAFFED, len(at), random)[is_staffed]
    morning = until_morning + _lognormal(_MORNING_BACKLOG, len(at), random)
    waits_until_morning = is_night & (random.random(len(at)) >= _ON_CALL)
    wait[waits_until_morning] = morning[waits_until_morning]
    slower = np.array([_SLOWER[scenario.queue] for scenario in phrasebook().scenarios])
    wait = np.where(waits_until_morning, wait, wait * slower[who.scenario])
    wait = np.where((who.channel == 2) & is_staffed, wait * _VOICE_IS_ANSWERED_FIRST, wait)
    wait = np.where((went.plan == Plan.HUMAN_FIRST) & (who.channel == 1), wait * _MAIL_WAITS, wait)
    return np.maximum(wait, _SHORTEST)


def _lognormal(shape: tuple[float, float], count: int, random: np.random.Generator) -> np.ndarray:
    return random.lognormal(np.log(shape[0]), shape[1], count)
