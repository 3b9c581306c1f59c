"""How an episode goes: what fails, whether the AI contains it, and why it does not."""

from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache

import numpy as np

from dashboard.sources.demo.phrasebook import REASONS, phrasebook


class Plan(IntEnum):
    """How an episode will have gone, once it is over."""

    CONFIRMED = 0
    ASSUMED = 1
    NEGATIVE = 2
    AMBIGUOUS = 3
    ESCALATED = 4
    HUMAN_FIRST = 5
    LEFT = 6


UNPLANNED = -1
_NEVER_ANSWERED = 0.03
_HUMAN_FIRST_BY_CHANNEL = np.array([0.03, 0.14, 0.05, 0.03])
_LEFT_BY_CHANNEL = np.array([0.03, 0.0, 0.03, 0.02])

_GIVES_UP_AFTER_FAILURE, _GIVES_UP_IN_OUTAGE = 0.55, 0.85
_DAILY_SWING = 0.012
_BACK_AGAIN = 0.18
_VOICE = 0.04
_CONFIRMS = 0.475
# Chance that the AI escalates, by topic, up to version 2.3 and from 2.4 on.
_ESCALATES = {
    "billing": (0.30, 0.20),
    "scheduling": (0.205, 0.20),
    "payments": (0.255, 0.25),
    "reminders": (0.20, 0.20),
    "integrations": (0.275, 0.40),
    "account_access": (0.185, 0.185),
    "reporting": (0.29, 0.29),
    "data_import": (0.31, 0.42),
    "general": (0.35, 0.35),
    "story": (0.0, 0.0),
}
# Chance that a contained episode ends in anger.
_ANGRY = {"integrations": (0.06, 0.10), "data_import": (0.06, 0.10), "billing": (0.055, 0.045)}
_USUALLY_ANGRY = (0.05, 0.05)
_OUTDATED = (0.44, 0.19)
_HESITATES = 0.055
# Why the AI hands off, by topic: request, policy, knowledge gap, tool failure, confidence, unclear.
# A tool failure is never drawn here: it follows from a call that failed.
_WHY = {
    "billing": (0.42, 0.22, 0.12, 0, 0.18, 0.06),
    "scheduling": (0.40, 0.06, 0.26, 0, 0.21, 0.07),
    "payments": (0.36, 0.34, 0.10, 0, 0.14, 0.06),
    "reminders": (0.38, 0.05, 0.30, 0, 0.20, 0.07),
    "integrations": (0.28, 0.04, 0.36, 0, 0.26, 0.06),
    "account_access": (0.27, 0.46, 0.08, 0, 0.12, 0.07),
    "reporting": (0.30, 0.04, 0.35, 0, 0.24, 0.07),
    "data_import": (0.27, 0.05, 0.36, 0, 0.26, 0.06),
    "general": (0.30, 0.48, 0.06, 0, 0.08, 0.08),
    "story": (1, 0, 0, 0, 0, 0),
}
_WHY_OUTDATED = (0.24, 0.02, 0.55, 0, 0.14, 0.05)


@dataclass
class Outcomes:
    """One entry an episode: its `Plan`, the index of the handoff reason or -1, and `is_answered`.

    `is_answered` is False where the promised human never came.
    """

    plan: np.ndarray
    reason: np.ndarray
    is_answered: np.ndarray


@dataclass
class Circumstances:
    """What bears on an episode's outcome; one entry an episode."""

    scenario: np.ndarray
    channel: np.ndarray
    version: np.ndarray
    is_back: np.ndarray
    has_failed: np.ndarray
    in_outage: np.ndarray
    plan: np.ndarray


def outcomes(about: Circumstances, random: np.random.Generator) -> Outcomes:
    """How each episode goes; a plan that is forced stays."""
    count = len(about.scenario)
    tables = _tables()
    late = (about.version == 2).astype(int)
    escalates = tables.escalates[about.scenario, late] + random.normal(0, _DAILY_SWING)
    escalates += _VOICE * (about.channel == 2) + _BACK_AGAIN * about.is_back
    after_failure = np.where(about.in_outage, _GIVES_UP_IN_OUTAGE, _GIVES_UP_AFTER_FAILURE)
    gives_up = about.has_failed & (random.random(count) < after_failure)
    by_chance = random.random(count) < escalates
    plan = _contained(tables.angry[about.scenario, late], random)
    plan[gives_up | by_chance] = Plan.ESCALATED
    direct = random.random(count)
    human_first = _HUMAN_FIRST_BY_CHANNEL[about.channel]
    plan[direct < human_first + _LEFT_BY_CHANNEL[about.channel]] = Plan.LEFT
    plan[direct < human_first] = Plan.HUMAN_FIRST
    plan = np.where(about.plan == UNPLANNED, plan, about.plan)
    reason = _weighted(tables.why[about.scenario], random)
    reason[gives_up] = REASONS.index("tool_failure")
    reason[plan != Plan.ESCALATED] = -1
    never = random.random(count) < _NEVER_ANSWERED
    return Outcomes(plan, reason, ~(never & (about.plan == UNPLANNED)))


def _contained(angry: np.ndarray, random: np.random.Generator) -> np.ndarray:
    draw = random.random(len(angry))
    plan = np.where(random.random(len(angry)) < _CONFIRMS, int(Plan.CONFIRMED), int(Plan.ASSUMED))
    plan[draw < angry + _HESITATES] = Plan.AMBIGUOUS
    plan[draw < angry] = Plan.NEGATIVE
    return plan


def _weighted(weights: np.ndarray, random: np.random.Generator) -> np.ndarray:
    draw = random.random((len(weights), 1)) * weights.sum(axis=1, keepdims=True)
    return (draw >= weights.cumsum(axis=1)).sum(axis=1)


@dataclass(frozen=True)
class _Tables:
    escalates: np.ndarray
    angry: np.ndarray
    why: np.ndarray


@lru_cache(maxsize=1)
def _tables() -> _Tables:
    """The rates above, by scenario instead of by topic."""
    known = phrasebook().scenarios
    outdated = [scenario.key == "reminder_setup_outdated" for scenario in known]
    groups = [scenario.group for scenario in known]
    either = list(zip(outdated, groups, strict=True))
    return _Tables(
        escalates=np.array(
            [(_OUTDATED[0],) * 2 if old else _ESCALATES[key] for old, key in either]
        ),
        angry=np.array(
            [(_OUTDATED[1],) * 2 if old else _ANGRY.get(key, _USUALLY_ANGRY) for old, key in either]
        ),
        why=np.array([_WHY_OUTDATED if old else _WHY[key] for old, key in either], dtype=float),
    )
