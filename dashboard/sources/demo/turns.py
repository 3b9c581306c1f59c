"""Who says something when: which turns each episode has, and at what second."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from dashboard.sources.demo.arrivals import CHANNELS, Arrivals
from dashboard.sources.demo.calls import Calls
from dashboard.sources.demo.phrasebook import REASONS, Stage
from dashboard.sources.demo.plans import Outcomes, Plan
from dashboard.sources.demo.staffing import seconds_to_human

CALL_GAP = 0.35
"""Seconds before each call of the agent."""
CONFIRMING = (Stage.THANKS, Stage.HUMAN_THANKS)
"""What a customer says who confirms that all is well."""
REFUSING = (Stage.FRUSTRATED, Stage.LET_DOWN, Stage.DESERTED)
"""What a customer says who leaves without that."""
# Seconds until the next turn, as median and spread of a lognormal: chat, e-mail, voice, in-app.
_CUSTOMER = np.array([(48, 0.8), (3_000, 1.1), (7, 0.5), (60, 0.9)])
_AI = np.array([(6, 0.5), (75, 0.7), (2.5, 0.4), (7, 0.5)])
_HUMAN = np.array([(75, 0.7), (1_500, 1.0), (9, 0.5), (90, 0.7)])
_LINGER = np.array([(25, 0.8), (3_600, 0.7), (4, 0.5), (30, 0.8)])
# How long a channel waits for a silent customer before it closes the conversation.
_INACTIVE = np.array([1_800, 86_400, 6, 1_800])
_LONGEST_PAUSE = 20 * 3600
_LAST_TURN = 4 * 86_400
_LATEST_END = 6.4 * 86_400
_SPEAKS = {
    "customer": (
        Stage.OPENING,
        Stage.DETAIL,
        Stage.FOLLOWUP,
        Stage.COMPLAINT,
        Stage.ASK_HUMAN,
        Stage.TO_HUMAN,
        Stage.THANKS,
        Stage.FRUSTRATED,
        Stage.NEUTRAL,
        Stage.HUMAN_THANKS,
        Stage.LET_DOWN,
        Stage.DESERTED,
    ),
    "ai": (
        Stage.GREETING,
        Stage.ASK,
        Stage.ANSWER,
        Stage.FOLLOWUP_ANSWER,
        Stage.REPEAT,
        Stage.HANDOFF,
        Stage.CLOSING,
    ),
    "human": (Stage.HUMAN, Stage.HUMAN_MORE, Stage.HUMAN_CLOSING),
}
# Chance of each turn, given how the episode goes; turns not named do not happen.
_TURNS: dict[Plan, dict[str, float]] = {
    Plan.CONFIRMED: {
        "ASK": 0.45,
        "ANSWER": 1,
        "FOLLOWUP": 0.45,
        "THANKS": 1,
        "CLOSING": 0.65,
    },
    Plan.ASSUMED: {"ASK": 0.40, "ANSWER": 1, "FOLLOWUP": 0.32, "SYSTEM_CLOSE": 0.5},
    Plan.NEGATIVE: {
        "ASK": 0.5,
        "ANSWER": 1,
        "FOLLOWUP": 0.2,
        "COMPLAINT": 1,
        "REPEAT": 0.9,
        "FRUSTRATED": 1,
    },
    Plan.AMBIGUOUS: {"ASK": 0.45, "ANSWER": 1, "FOLLOWUP": 0.35, "NEUTRAL": 1},
    Plan.HUMAN_FIRST: {
        "HUMAN": 1,
        "TO_HUMAN": 0.6,
        "HUMAN_THANKS": 0.55,
        "HUMAN_CLOSING": 0.7,
    },
    Plan.LEFT: {"GONE": 1},
}
_ESCALATED = {
    "HANDOFF": 1,
    "NOTE": 1,
    "HUMAN": 1,
    "TO_HUMAN": 0.7,
    "HUMAN_THANKS": 0.58,
    "LET_DOWN": 0.15,
    "HUMAN_CLOSING": 0.7,
}
_BEFORE_HANDOFF = {
    "customer_request": {
        "ASK": 0.3,
        "ANSWER": 0.78,
        "COMPLAINT": 0.5,
        "REPEAT": 0.5,
        "ASK_HUMAN": 1,
    },
    "policy": {"ASK": 0.4, "ANSWER": 0.12},
    "knowledge_gap": {"ASK": 0.4, "ANSWER": 0.45, "COMPLAINT": 1},
    "tool_failure": {"ASK": 0.4},
    "low_confidence": {"ASK": 0.5, "ANSWER": 0.35, "COMPLAINT": 1},
    "unclassified": {"ASK": 0.3, "ANSWER": 0.6, "COMPLAINT": 1},
}
# Every such question is answered; and nobody complains about what was not said.
_ANSWERED_BY = (
    (Stage.ASK, Stage.DETAIL),
    (Stage.FOLLOWUP, Stage.FOLLOWUP_ANSWER),
    (Stage.TO_HUMAN, Stage.HUMAN_MORE),
)
_NEEDS = (
    (Stage.COMPLAINT, Stage.ANSWER),
    (Stage.REPEAT, Stage.COMPLAINT),
    (Stage.HUMAN_CLOSING, Stage.HUMAN_THANKS),
)
_GREETED = np.array([0.45, 0.0, 1.0, 0.3])


@dataclass
class Turns:
    """`said` and `at` are arrays of episodes × stages: whether, and at which second of the day.

    `ended` is when the conversation was closed; `asked` when the customer
    had said what the agent's calls are about.
    """

    said: np.ndarray
    at: np.ndarray
    ended: np.ndarray
    asked: np.ndarray

    def time(self, stage: Stage) -> np.ndarray:
        """When each episode had `stage`, NaN where it had none."""
        return np.where(self.said[:, stage], self.at[:, stage], np.nan)


def turns(
    day: date, who: Arrivals, made: Calls, went: Outcomes, random: np.random.Generator
) -> Turns:
    """The turns of every episode, in an order that a conversation can have."""
    said = _said(who, went, random)
    pause = _pauses(who, said, random)
    working = (made.seconds * made.made).sum(axis=1) + made.made.sum(axis=1) * CALL_GAP
    answering = np.where(said[:, Stage.ANSWER], int(Stage.ANSWER), int(Stage.HANDOFF))
    rows = np.arange(len(who))
    pause[rows, answering] += working
    pause[:, Stage.HUMAN] = 0
    at = who.start[:, None] + np.cumsum(np.where(said, pause, 0), axis=1)
    wait = seconds_to_human(day, at[:, Stage.HANDOFF], who, went, random)
    at[:, Stage.HUMAN :] += np.where(said[:, Stage.HUMAN], wait, 0)[:, None]
    at = np.minimum(at, _LAST_TURN)
    asked = at[rows, answering] - pause[rows, answering]
    # Who asks for a person at once gets one, without any search.
    made.made[(went.reason == REASONS.index("customer_request")) & ~said[:, Stage.ANSWER]] = False
    return Turns(said, at, _ends(who, went, said, at, random), asked)


def _said(who: Arrivals, went: Outcomes, random: np.random.Generator) -> np.ndarray:
    chance = _chances()[went.plan, went.reason + 1]
    said = random.random(chance.shape) < chance
    said[:, Stage.OPENING] = True
    said[:, Stage.GREETING] = random.random(len(who)) < _GREETED[who.channel]
    said[who.is_excluded, Stage.GREETING] = False
    # Nobody leaves an e-mail; it is closed for want of an answer.
    mail = said[:, Stage.GONE] & (who.channel == CHANNELS.index("email"))
    said[mail, Stage.GONE], said[mail, Stage.SYSTEM_CLOSE] = False, True
    deserted = (went.plan == Plan.ESCALATED) & ~went.is_answered
    said[deserted, Stage.HUMAN :] = False
    said[deserted, Stage.DESERTED] = random.random(int(deserted.sum())) < 0.5
    for question, answer in _ANSWERED_BY:
        said[:, answer] = said[:, question]
    for later, earlier in _NEEDS:
        said[:, later] &= said[:, earlier]
    said[:, Stage.LET_DOWN] &= ~said[:, Stage.HUMAN_THANKS]
    return said


def _chances() -> np.ndarray:
    """Plans × (reasons + 1, none first) × stages."""
    table = np.zeros((len(Plan), len(REASONS) + 1, len(Stage)))
    for plan, stages in _TURNS.items():
        for name, chance in stages.items():
            table[plan, :, Stage[name]] = chance
    for number, reason in enumerate(REASONS):
        for name, chance in (_ESCALATED | _BEFORE_HANDOFF[reason]).items():
            table[Plan.ESCALATED, number + 1, Stage[name]] = chance
    return table


def _pauses(who: Arrivals, said: np.ndarray, random: np.random.Generator) -> np.ndarray:
    shape = np.zeros((len(who), len(Stage), 2))
    for speaker, table in (("customer", _CUSTOMER), ("ai", _AI), ("human", _HUMAN)):
        shape[:, _SPEAKS[speaker], :] = table[who.channel][:, None, :]
    shape[:, Stage.NOTE, :] = (1.6, 0.3)
    shape[:, Stage.DESERTED, :] = (9_000, 0.5)
    shape[:, [Stage.GONE, Stage.SYSTEM_CLOSE], :] = (5, 0.5)
    pause = random.lognormal(np.log(shape[:, :, 0]), shape[:, :, 1])
    pause = np.clip(pause, 0.8, _LONGEST_PAUSE)
    pause[:, Stage.GREETING] = 0.4
    # The first turn is what starts the conversation.
    pause[~said[:, Stage.GREETING], Stage.OPENING] = 0
    pause[:, Stage.SYSTEM_CLOSE] = _INACTIVE[who.channel]
    return pause


def _ends(
    who: Arrivals,
    went: Outcomes,
    said: np.ndarray,
    at: np.ndarray,
    random: np.random.Generator,
) -> np.ndarray:
    last = at[:, -1]
    linger = _LINGER[who.channel]
    ended = last + np.clip(random.lognormal(np.log(linger[:, 0]), linger[:, 1]), 1, 6 * 3600)
    is_silent = ~said[:, [*CONFIRMING, *REFUSING]].any(axis=1)
    ended = np.where(is_silent, last + _INACTIVE[who.channel], ended)
    ended = np.where(said[:, [Stage.GONE, Stage.SYSTEM_CLOSE]].any(axis=1), last, ended)
    deserted = (went.plan == Plan.ESCALATED) & ~went.is_answered
    ended[deserted] = last[deserted] + random.uniform(4, 30, int(deserted.sum())) * 3600
    # Some are forgotten for days before somebody tidies up.
    forgotten = deserted & (random.random(len(who)) < 0.3)
    ended[forgotten] += random.uniform(1, 3, int(forgotten.sum())) * 86_400
    return np.minimum(ended, _LATEST_END)
