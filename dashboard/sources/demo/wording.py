"""What is said: the relation `messages`, and the citations in it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dashboard.sources.demo.arrivals import CHANNELS, Arrivals
from dashboard.sources.demo.calls import Calls, Slot
from dashboard.sources.demo.company import LANGUAGES
from dashboard.sources.demo.phrasebook import LINES, Stage, phrasebook
from dashboard.sources.demo.plans import Outcomes
from dashboard.sources.demo.slots import Slots
from dashboard.sources.demo.table import NULL, Table
from dashboard.sources.demo.turns import Turns

AI_NAME = "Ada (AI)"
_AUTHORS = {
    "ai_agent": (
        Stage.GREETING,
        Stage.ASK,
        Stage.ANSWER,
        Stage.FOLLOWUP_ANSWER,
        Stage.REPEAT,
        Stage.HANDOFF,
        Stage.CLOSING,
    ),
    "human_agent": (Stage.HUMAN, Stage.HUMAN_MORE, Stage.HUMAN_CLOSING),
    "system": (Stage.NOTE, Stage.GONE, Stage.SYSTEM_CLOSE),
}
_AUTHOR_OF = np.array(
    [
        next((author for author, stages in _AUTHORS.items() if stage in stages), "customer")
        for stage in Stage
    ],
    dtype=object,
)
_SHARED_DRAW = {
    Stage.DETAIL: Stage.ASK,
    Stage.FOLLOWUP_ANSWER: Stage.FOLLOWUP,
    Stage.HUMAN_MORE: Stage.TO_HUMAN,
}
_CITES = 0.82
_TYPES_CARELESSLY = 0.14
_MAIL, _VOICE = CHANNELS.index("email"), CHANNELS.index("voice")
# Stages that an e-mail wraps in a salutation and a signature.
_WRAPPED = {Stage.OPENING: "opening", Stage.ANSWER: "ai", Stage.HUMAN: "human"}


@dataclass
class Conversations:
    """A day's conversations before they are rows; one entry an episode in each part.

    `version` is an index into the agent's versions; `lag` how long the warehouse takes to know.
    """

    ids: np.ndarray
    account_ids: np.ndarray
    version: np.ndarray
    lag: np.ndarray
    who: Arrivals
    went: Outcomes
    had: Turns
    made: Calls
    filled: list[Slots]


def messages(about: Conversations, midnight: np.datetime64, random: np.random.Generator) -> Table:
    """The relation `messages` of one day's conversations, by conversation and position."""
    episode, stage = np.nonzero(about.had.said)
    first = np.searchsorted(episode, np.arange(len(about.who)))
    sent = midnight + (about.had.at[episode, stage] * 1000).astype("timedelta64[ms]")
    author = _AUTHOR_OF[stage]
    columns = {
        "account_id": about.account_ids[episode],
        "conversation_id": about.ids[episode],
        "position": np.arange(len(episode)) - first[episode],
        "sent_at": sent,
        "author": author,
        "author_name": _author_names(about, episode, author),
        "body": np.array(_bodies(about, episode, stage, random), dtype=object),
        "is_internal": stage == Stage.NOTE,
    }
    return Table("messages", columns, sent + about.lag[episode])


def citations(about: Conversations, said: Table, random: np.random.Generator) -> Table:
    """The relation `citations`: the article that an answer rests on."""
    episode, stage = np.nonzero(about.had.said)
    article = np.array([scenario.article for scenario in phrasebook().scenarios], dtype=object)[
        about.who.scenario
    ]
    found = about.made.made[:, Slot.SEARCH] & (about.made.failure[:, Slot.SEARCH] < 0)
    cites = found & (article != None) & (random.random(len(article)) < _CITES)  # noqa: E711
    rows = np.flatnonzero((stage == Stage.ANSWER) & cites[episode])
    columns = {
        "account_id": said.columns["account_id"][rows],
        "conversation_id": said.columns["conversation_id"][rows],
        "position": said.columns["position"][rows],
        "article_id": article[episode[rows]],
    }
    return Table("citations", columns, said.visible_at[rows])


def _bodies(
    about: Conversations, episode: np.ndarray, stage: np.ndarray, random: np.random.Generator
) -> list[str]:
    who = about.who
    lines = phrasebook().lines
    line = np.where(stage == Stage.HANDOFF, len(Stage) + about.went.reason[episode], stage)
    kind = (who.language * len(phrasebook().scenarios) + who.scenario)[episode] * LINES + line
    draws = random.integers(0, 1_000_003, (len(who), len(Stage)))
    for second, first in _SHARED_DRAW.items():
        draws[:, second] = draws[:, first]
    variants = draws[episode, stage].tolist()
    filled = about.filled
    texts = [
        lines[key][variant % len(lines[key])].format_map(filled[number])
        for key, variant, number in zip(kind.tolist(), variants, episode.tolist(), strict=True)
    ]
    _dress(texts, about, episode, stage, draws)
    return texts


def _dress(
    texts: list[str],
    about: Conversations,
    episode: np.ndarray,
    stage: np.ndarray,
    draws: np.ndarray,
) -> None:
    """Give e-mails salutation and signature, openings a greeting, and some customers no shift key."""
    who = about.who
    wrappers = [phrasebook().wrappers[language] for language in LANGUAGES]
    mail = (who.channel == _MAIL)[episode]
    careless = (draws[:, 0] % 100 < _TYPES_CARELESSLY * 100) & (who.channel != _MAIL)
    careless = (
        careless[episode] & (_AUTHOR_OF[stage] == "customer") & (who.channel != _VOICE)[episode]
    )
    touched = np.isin(stage, list(_WRAPPED)) & ~who.is_excluded[episode]
    for row in np.flatnonzero(touched | careless).tolist():
        number = int(episode[row])
        text = texts[row]
        if touched[row]:
            wrapper = _wrapper(
                wrappers[who.language[number]], stage[row], mail[row], who.is_back[number]
            )
            choice = wrapper[int(draws[number, stage[row]]) // 7 % len(wrapper)]
            text = choice.format_map({**about.filled[number], "text": text})
        texts[row] = text.lower().rstrip(".") if careless[row] else text


def _wrapper(
    wrappers: dict[str, list[str]], stage: int, is_mail: bool, is_back: bool
) -> Sequence[str]:
    name = _WRAPPED[Stage(stage)]
    if name == "opening" and is_back:
        name = "back"
    medium = "mail" if is_mail else "chat"
    return wrappers.get(f"{medium}_{name}", ("{text}",))


def _author_names(about: Conversations, episode: np.ndarray, author: np.ndarray) -> np.ndarray:
    customers = np.array([f"{each['first']} {each['last']}" for each in about.filled], dtype=object)
    humans = np.array([each["agent_name"] for each in about.filled], dtype=object)
    names = np.where(author == "ai_agent", AI_NAME, customers[episode])
    names = np.where(author == "human_agent", humans[episode], names)
    return np.where(author == "system", NULL, names)
