"""What fixes a demo company for good: the seed, the anchor day and the sizes."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property

import numpy as np

DEFAULT_SEED = 20_310
_WEEKDAY_LOAD = (1.07, 1.04, 1.0, 0.99, 0.93, 0.38, 0.32)
_AFTER_NIGHT_RUN = timedelta(hours=3, minutes=30)
# Part of every stream's key, so that two purposes never draw the same numbers.
_STREAMS = {"company": 1, "accounts": 2, "episodes": 3, "nightly": 4, "story": 5, "visits": 6}


@dataclass(frozen=True)
class World:
    """One generated company. Every row is a pure function of it and of a day.

    `anchor` is the day that the history ends on; incidents are placed relative to it.
    `episodes` is the size of the history, spread over `days` days.
    """

    anchor: date
    seed: int = DEFAULT_SEED
    accounts: int = 3_000
    episodes: int = 150_000
    days: int = 90

    @property
    def first_day(self) -> date:
        return self.anchor - timedelta(days=self.days - 1)

    def offset(self, day: date) -> int:
        """Days from the anchor: 0 on it, negative before."""
        return (day - self.anchor).days

    def random(self, stream: str, day: date | None = None) -> np.random.Generator:
        """The random numbers of one purpose on one day."""
        return np.random.default_rng(
            [self.seed, _STREAMS[stream], day.toordinal() if day else 0, self.accounts]
        )

    def expected_episodes(self, day: date) -> float:
        """How many episodes start on `day`, on average over seeds."""
        return self._per_load * _WEEKDAY_LOAD[day.weekday()]

    @cached_property
    def _per_load(self) -> float:
        history = (self.first_day + timedelta(days=k) for k in range(self.days))
        return self.episodes / sum(_WEEKDAY_LOAD[day.weekday()] for day in history)


def anchor_for(instant: datetime) -> date:
    """The anchor of a demo filled at `instant`: its day in UTC, or before the night run the day before.

    That way a new demo always holds a failed night run of the last 24 hours.
    """
    return (instant.astimezone(UTC) - _AFTER_NIGHT_RUN).date()
