"""Which calls the agent makes in an episode, how long they take and which of them fail."""

from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from functools import lru_cache

import numpy as np

from dashboard.sources.demo.arrivals import Arrivals
from dashboard.sources.demo.phrasebook import phrasebook
from dashboard.sources.demo.timeline import gateway_outage
from dashboard.sources.demo.world import World


class Slot(IntEnum):
    """The calls an episode can have, in the order in which they come."""

    SEARCH = 0
    FIRST = 1
    FIRST_AGAIN = 2
    SECOND = 3
    MODEL = 4


class Failure(IntEnum):
    """Kinds of failed calls."""

    TIMEOUT = 0
    BAD_GATEWAY = 1
    UNAVAILABLE = 2
    RATE_LIMITED = 3
    INVALID = 4


NO_FAILURE = -1
_EVERYDAY = (0.38, 0.22, 0.10, 0.14, 0.16)
_OUTAGE = (0.45, 0.05, 0.50, 0.0, 0.0)
_OWN = (0.50, 0.0, 0.20, 0.30, 0.0)
# Seconds a call takes: median and spread of a lognormal, for each slot and for each failure.
_TYPICAL = ((0.34, 0.45), (0.52, 0.6), (0.55, 0.6), (0.7, 0.6), (2.6, 0.45))
_FAILED = ((30.03, 0.001), (2.1, 0.5), (0.9, 0.6), (0.08, 0.4), (0.21, 0.4))
_EVERYDAY_RATE = 0.026
_SEARCH_RATE = 0.004
_MODEL_RATE = 0.002
_OUTAGE_RATE = 0.45
# What the newest agent version sends to these systems is often refused.
_REFUSED = {"integrations-api": 0.13, "import-service": 0.12}
# Chance that the agent tries again, and that this works, for each failure.
_RETRIES = np.array([0.70, 0.85, 0.75, 0.85, 0.30])
_RETRY_WORKS = np.array([0.70, 0.85, 0.70, 0.92, 0.10])
_RETRY_WORKS_IN_OUTAGE = 0.3


@dataclass
class Calls:
    """Arrays of episodes × slots: which are made, how long each takes, and its failure or -1.

    `in_outage` has one entry an episode: whether a service it calls is down at the time.
    """

    made: np.ndarray
    seconds: np.ndarray
    failure: np.ndarray
    in_outage: np.ndarray

    def unrecovered(self) -> np.ndarray:
        """Episodes in which a tool call failed for good."""
        return _first_is_lost(self.made, self.failure) | (self.failure[:, Slot.SECOND] >= 0)


def calls(
    world: World, day: date, who: Arrivals, version: np.ndarray, random: np.random.Generator
) -> Calls:
    """The calls of every episode of `who`, as if the agent took part in all of them."""
    count = len(who)
    outage = _in_outage(world, day, who)
    made = _made(who, random)
    failure = np.full(made.shape, NO_FAILURE)
    failure[:, Slot.SEARCH] = _failures(np.full(count, _SEARCH_RATE), random, _OWN)
    failure[:, Slot.MODEL] = _failures(np.full(count, _MODEL_RATE), random, _OWN)
    for slot in (Slot.FIRST, Slot.SECOND):
        failure[:, slot] = _tool_failures(who, slot, version, outage[:, slot], random)
    _try_again(made, failure, outage[:, Slot.FIRST], random)
    failure[~made] = NO_FAILURE
    # What follows rests on the first call's result.
    made[_first_is_lost(made, failure), Slot.SECOND] = False
    failure[~made] = NO_FAILURE
    return Calls(made, _seconds(failure, random), failure, np.logical_or.reduce(outage, axis=1))


def _first_is_lost(made: np.ndarray, failure: np.ndarray) -> np.ndarray:
    again = made[:, Slot.FIRST_AGAIN] & (failure[:, Slot.FIRST_AGAIN] < 0)
    return (failure[:, Slot.FIRST] >= 0) & ~again


def _made(who: Arrivals, random: np.random.Generator) -> np.ndarray:
    tools, has_article, is_story = _scenario_facts()
    chance = np.zeros((len(who), len(Slot)))
    chance[:, Slot.SEARCH] = np.where(has_article[who.scenario], 0.86, 0.45)
    chance[:, Slot.FIRST] = np.where(tools[who.scenario] > 0, 0.84, 0)
    chance[:, Slot.SECOND] = np.where(tools[who.scenario] > 1, 0.55, 0)
    chance[is_story[who.scenario]] = 1
    chance[:, Slot.SECOND] *= tools[who.scenario] > 1
    chance[:, Slot.FIRST_AGAIN] = 0
    chance[:, Slot.MODEL] = 0.10
    return random.random(chance.shape) < chance


def _tool_failures(
    who: Arrivals,
    slot: Slot,
    version: np.ndarray,
    outage: np.ndarray,
    random: np.random.Generator,
) -> np.ndarray:
    rate = np.where(outage, _OUTAGE_RATE, _EVERYDAY_RATE)
    rate[_scenario_facts()[2][who.scenario]] = 0
    failure = np.where(outage, _failures(rate, random, _OUTAGE), _failures(rate, random))
    refused = np.zeros(len(who))
    for system, chance in _REFUSED.items():
        refused[_uses(slot, system)[who.scenario]] = chance
    refused[version < 2] = 0
    return np.where(random.random(len(who)) < refused, int(Failure.INVALID), failure)


def _failures(
    rate: np.ndarray, random: np.random.Generator, kinds: tuple[float, ...] = _EVERYDAY
) -> np.ndarray:
    kind = random.choice(len(Failure), len(rate), p=kinds)
    return np.where(random.random(len(rate)) < rate, kind, NO_FAILURE)


def _try_again(
    made: np.ndarray, failure: np.ndarray, outage: np.ndarray, random: np.random.Generator
) -> None:
    first = failure[:, Slot.FIRST]
    has_failed = made[:, Slot.FIRST] & (first >= 0)
    made[:, Slot.FIRST_AGAIN] = has_failed & (random.random(len(made)) < _RETRIES[first])
    works = np.where(outage, _RETRY_WORKS_IN_OUTAGE, _RETRY_WORKS[first])
    failure[:, Slot.FIRST_AGAIN] = np.where(random.random(len(made)) < works, NO_FAILURE, first)


def _seconds(failure: np.ndarray, random: np.random.Generator) -> np.ndarray:
    typical = np.array(_TYPICAL)[None, :, :].repeat(len(failure), axis=0)
    failed = np.array(_FAILED)[failure]
    shape = np.where((failure >= 0)[:, :, None], failed, typical)
    return np.round(random.lognormal(np.log(shape[:, :, 0]), shape[:, :, 1]), 4)


def _in_outage(world: World, day: date, who: Arrivals) -> np.ndarray:
    window = gateway_outage(world, day)
    struck = np.zeros((len(who), len(Slot)), dtype=bool)
    if window:
        during = (who.start >= window[0]) & (who.start < window[1])
        for slot in (Slot.FIRST, Slot.SECOND):
            struck[:, slot] = during & _uses(slot, "payments-gateway")[who.scenario]
    return struck


@lru_cache(maxsize=1)
def _scenario_facts() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """For each scenario: how many tools it has, whether an article, whether it is the night story's."""
    known = phrasebook().scenarios
    return (
        np.array([len(scenario.tools) for scenario in known]),
        np.array([scenario.article is not None for scenario in known]),
        np.array([scenario.group == "story" for scenario in known]),
    )


@lru_cache(maxsize=16)
def _uses(slot: Slot, system: str) -> np.ndarray:
    position = 0 if slot is Slot.FIRST else 1
    return np.array(
        [
            len(scenario.tools) > position and scenario.tools[position].system == system
            for scenario in phrasebook().scenarios
        ]
    )
