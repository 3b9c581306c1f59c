"""Who writes in on a day, when, how and about what."""

from dataclasses import dataclass, fields
from datetime import date
from functools import lru_cache

import numpy as np

from dashboard.sources.demo.company import Company, company
from dashboard.sources.demo.phrasebook import GROUPS, phrasebook
from dashboard.sources.demo.plans import UNPLANNED, Plan
from dashboard.sources.demo.timeline import article_is_outdated, gateway_outage
from dashboard.sources.demo.world import World

CHANNELS = ("chat", "email", "voice", "in_app")
_CHANNEL_SHARES = (0.42, 0.22, 0.12, 0.24)
_TOPIC_SHARES = (0.20, 0.18, 0.14, 0.12, 0.10, 0.11, 0.07, 0.05, 0.03)
# Two humps of a working day, an evening, and whoever cannot sleep: hour, spread, share.
_HUMPS = ((9.7, 1.6, 0.43), (14.2, 1.9, 0.34), (19.4, 1.8, 0.10))
_GROUP_EPISODES = 0.20
# Of what is asked, this share has the customer back within two days about the same.
_BACK_SHARE = 0.055
_EXCLUDED_SHARE = 0.02
# While payments fail, this share of all who write in does so because of that.
_ASKS_ABOUT_OUTAGE = 0.18
_LANGUAGE_UNKNOWN = 0.06


@dataclass
class Arrivals:
    """One entry an episode: account and scenario by index, `start` in seconds after midnight UTC.

    `language` is an index, `language_known` whether the source knew it. `plan` is forced where it
    is not `UNPLANNED`. Episodes about the same matter share `thread`; `is_back` marks a customer who
    asks again.
    """

    account: np.ndarray
    scenario: np.ndarray
    start: np.ndarray
    channel: np.ndarray
    language: np.ndarray
    language_known: np.ndarray
    plan: np.ndarray
    thread: np.ndarray
    is_back: np.ndarray
    is_excluded: np.ndarray

    def __len__(self) -> int:
        return len(self.account)

    def joined(self, *others: "Arrivals") -> "Arrivals":
        """These and the `others`, by start."""
        values = {
            each.name: np.concatenate([getattr(part, each.name) for part in (self, *others)])
            for each in fields(self)
        }
        order = np.argsort(values["start"], kind="stable")
        return Arrivals(**{name: value[order] for name, value in values.items()})

    def picked(self, chosen: np.ndarray) -> "Arrivals":
        """Copies of the episodes numbered `chosen`."""
        return Arrivals(**{each.name: getattr(self, each.name)[chosen] for each in fields(self)})


def arrivals(world: World, day: date, random: np.random.Generator) -> Arrivals:
    """The episodes that start on `day`, and those that follow from them in the two days after."""
    practices = company(world)
    expected = world.expected_episodes(day) * random.lognormal(0, 0.035) / (1 + _BACK_SHARE)
    count = int(random.poisson(expected))
    account = _accounts(practices, count, random)
    first = Arrivals(
        account=account,
        scenario=_scenarios(world, day, count, random),
        start=_starts(count, random),
        channel=random.choice(len(CHANNELS), count, p=_CHANNEL_SHARES),
        language=practices.language[account],
        language_known=random.random(count) >= _LANGUAGE_UNKNOWN,
        plan=np.full(count, UNPLANNED),
        thread=random.integers(0, 2**62, count),
        is_back=np.zeros(count, dtype=bool),
        is_excluded=random.random(count) < _EXCLUDED_SHARE,
    )
    _ask_about_outage(world, day, first, random)
    first.scenario[first.is_excluded] = phrasebook().numbers("spam")[0]
    first.plan[first.is_excluded] = Plan.LEFT
    return first.joined(_returning(first, random))


def _ask_about_outage(world: World, day: date, who: Arrivals, random: np.random.Generator) -> None:
    window = gateway_outage(world, day)
    if window:
        during = (who.start >= window[0]) & (who.start < window[1])
        asks = during & (random.random(len(who)) < _ASKS_ABOUT_OUTAGE)
        cases = phrasebook().numbers("terminal_declined")
        who.scenario[asks] = random.choice(cases, int(asks.sum()))


def _returning(first: Arrivals, random: np.random.Generator) -> Arrivals:
    # An e-mail counts as open for a day after the last answer; coming back then is the same one.
    eligible = np.flatnonzero((first.channel != 1) & ~first.is_excluded)
    count = int(len(first) * _BACK_SHARE)
    chosen = np.sort(random.permutation(eligible)[:count])
    first.plan[chosen] = random.choice(
        [Plan.ASSUMED, Plan.NEGATIVE, Plan.AMBIGUOUS], len(chosen), p=[0.55, 0.25, 0.20]
    )
    back = first.picked(chosen)
    back.start += np.clip(random.lognormal(np.log(6.5), 0.9, len(chosen)), 1.5, 46) * 3600
    back.plan[:] = UNPLANNED
    back.is_back[:] = True
    return back


def _accounts(practices: Company, count: int, random: np.random.Generator) -> np.ndarray:
    """Small practices at most once a day, groups as often as it falls."""
    groups = np.flatnonzero(practices.is_group)
    single = np.flatnonzero(~practices.is_group)
    often = random.binomial(count, _GROUP_EPISODES)
    once = min(count - often, int(0.9 * len(single)))
    often = count - once
    weight = practices.weight[groups]
    # Drawing without replacement by weight: the largest of Gumbel draws shifted by its logarithm.
    keys = np.log(practices.weight[single]) + random.gumbel(size=len(single))
    chosen = single[np.argpartition(-keys, once - 1)[:once]] if once else single[:0]
    repeated = random.choice(groups, often, p=weight / weight.sum())
    return random.permutation(np.concatenate([chosen, repeated]))


def _starts(count: int, random: np.random.Generator) -> np.ndarray:
    shares = [share for _, _, share in _HUMPS]
    hump = random.choice(len(_HUMPS) + 1, count, p=[*shares, 1 - sum(shares)])
    centre = np.array([hour for hour, _, _ in _HUMPS] + [12.0])[hump]
    spread = np.array([width for _, width, _ in _HUMPS] + [0.0])[hump]
    hour = random.normal(centre, spread)
    hour = np.where(hump == len(_HUMPS), random.uniform(0, 24, count), hour)
    return (hour % 24) * 3600


def _scenarios(world: World, day: date, count: int, random: np.random.Generator) -> np.ndarray:
    numbers, shares = _scenario_shares()
    chosen = random.choice(numbers, count, p=shares)
    if article_is_outdated(world, day):
        cases = (phrasebook().numbers(f"reminder_setup{end}") for end in ("", "_outdated"))
        for before, after in zip(*cases, strict=True):
            chosen[chosen == before] = after
    return chosen


@lru_cache(maxsize=1)
def _scenario_shares() -> tuple[np.ndarray, np.ndarray]:
    known = phrasebook().scenarios
    weights = np.array([scenario.weight for scenario in known], dtype=float)
    group = np.array([scenario.group for scenario in known])
    for name, share in zip(GROUPS, _TOPIC_SHARES, strict=True):
        weights[group == name] *= share / weights[group == name].sum()
    return np.arange(len(known)), weights / weights.sum()
