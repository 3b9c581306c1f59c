"""The conversations' wording, read from `phrases/*.toml`, and the tools that belong to each subject.

A scenario is one thing that customers ask about, in one or more cases. Its English lines stand in
the file of its topic; `de.toml`, `es.toml` and `fr.toml` hold its opening and answer in the other
languages; what is said in any conversation (thanks, asking for a person) stands under `[generic]`.
"""

import json
import re
import tomllib
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent / "phrases"
GROUPS = (
    "billing",
    "scheduling",
    "payments",
    "reminders",
    "integrations",
    "account_access",
    "reporting",
    "data_import",
    "general",
)
_LANGUAGES = ("en", "de", "es", "fr")
REASONS = (
    "customer_request",
    "policy",
    "knowledge_gap",
    "tool_failure",
    "low_confidence",
    "unclassified",
)


class Stage(IntEnum):
    """The turns a conversation can have, in the order in which they can come."""

    GREETING = 0
    OPENING = 1
    ASK = 2
    DETAIL = 3
    ANSWER = 4
    FOLLOWUP = 5
    FOLLOWUP_ANSWER = 6
    COMPLAINT = 7
    REPEAT = 8
    ASK_HUMAN = 9
    HANDOFF = 10
    NOTE = 11
    HUMAN = 12
    TO_HUMAN = 13
    HUMAN_MORE = 14
    THANKS = 15
    FRUSTRATED = 16
    NEUTRAL = 17
    CLOSING = 18
    HUMAN_THANKS = 19
    HUMAN_CLOSING = 20
    LET_DOWN = 21
    DESERTED = 22
    GONE = 23
    SYSTEM_CLOSE = 24


# A question and its answer belong together: both lists are drawn from with the same number.
_PAIRS = {
    "asks": (Stage.ASK, Stage.DETAIL),
    "followups": (Stage.FOLLOWUP, Stage.FOLLOWUP_ANSWER),
    "exchanges": (Stage.TO_HUMAN, Stage.HUMAN_MORE),
}
LINES = len(Stage) + len(REASONS)
"""How many kinds of line there are: one a stage, and the handoff once more for each reason."""


@dataclass(frozen=True)
class Tool:
    """A call the agent makes; `request` and `response` are JSON with slots to format."""

    system: str
    name: str
    request: str
    response: str


@dataclass(frozen=True)
class Scenario:
    """One thing customers ask about.

    `group` is the file it stands in, `topic` what the helpdesk calls it, None where it does not
    know. `lookup` completes the sentence "I tried to …".
    """

    key: str
    group: str
    topic: str | None
    weight: float
    queue: str
    article: str | None
    search: str
    lookup: dict[str, str]
    tools: tuple[Tool, ...]
    subjects: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Phrasebook:
    """All scenarios, and `lines[(language * scenarios + scenario) * LINES + line]`: the variants."""

    scenarios: tuple[Scenario, ...]
    lines: tuple[tuple[str, ...], ...]
    wrappers: dict[str, dict[str, list[str]]]

    def numbers(self, key: str) -> list[int]:
        """The indices of the cases of the scenario called `key`."""
        return [number for number, scenario in enumerate(self.scenarios) if scenario.key == key]


@lru_cache(maxsize=1)
def phrasebook() -> Phrasebook:
    """The wording of every conversation."""
    entries = [
        {"group": group, "topic": group} | case
        for group in (*GROUPS, "story")
        for entry in _file(group)["scenario"]
        for case in _cases(entry)
    ]
    books = {language: _file(language) for language in _LANGUAGES}
    lines: list[tuple[str, ...]] = []
    for book in books.values():
        for entry in entries:
            # Internal notes are in English whatever the customer speaks.
            sources = [_lines(book.get(entry["key"], {})), _lines(book["generic"])]
            english = [_lines(entry), _lines(books["en"]["generic"])]
            sources = english if book is books["en"] else sources + english
            lines += [
                next((tuple(found[line]) for found in sources if line in found), ())
                for line in range(LINES)
            ]
    return Phrasebook(
        scenarios=tuple(_scenario(entry, books) for entry in entries),
        lines=tuple(lines),
        wrappers={language: book["wrappers"] for language, book in books.items()},
    )


@lru_cache(maxsize=1)
def names() -> dict[str, Any]:
    """Names of people, practices and places by language, and of the company's own people."""
    return _file("names")


@lru_cache(maxsize=1)
def catalog() -> dict[str, list[dict]]:
    """Articles of the help centre, and changes in days from the anchor."""
    return _file("catalog")


@lru_cache(maxsize=1)
def aftermath() -> dict[str, dict]:
    """Comments that come with a rating, by language and rating; explanations of a judge, by label."""
    return _file("aftermath")


def _file(name: str) -> dict:
    return tomllib.loads((_FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


def _cases(entry: dict) -> list[dict]:
    """One entry for each of the scenario's cases, which share all that they do not name."""
    cases = entry.pop("case", [{}])
    weight = entry.get("weight", 0) / len(cases)
    return [entry | case | {"weight": case.get("weight", weight)} for case in cases]


def _lines(entry: dict) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for stage in Stage:
        if stage.name.lower() in entry and stage is not Stage.HANDOFF:
            found[stage] = entry[stage.name.lower()]
    for key, (first, second) in _PAIRS.items():
        if key in entry:
            found[first] = [pair[0] for pair in entry[key]]
            found[second] = [pair[1] for pair in entry[key]]
    for number, reason in enumerate(REASONS):
        if reason in entry.get("handoff", {}):
            found[len(Stage) + number] = entry["handoff"][reason]
    return found


def _scenario(entry: dict, books: dict[str, dict]) -> Scenario:
    translated = {language: book.get(entry["key"], {}) for language, book in books.items()}
    translated["en"] = entry
    return Scenario(
        key=entry["key"],
        group=entry["group"],
        topic=entry["topic"] or None,
        weight=entry.get("weight", 0),
        queue=entry.get("queue", "tier-1"),
        article=entry.get("article"),
        search=entry.get("search", ""),
        lookup={
            language: texts.get("lookup", books[language]["generic"]["lookup"])
            for language, texts in translated.items()
        },
        tools=tuple(
            Tool(tool["system"], tool["name"], _json(tool["request"]), _json(tool["response"]))
            for tool in entry.get("tools", [])
        ),
        subjects=tuple(
            tuple(texts.get("subject") or entry.get("subject", ())) for texts in translated.values()
        ),
    )


def _json(value: dict) -> str:
    text = json.dumps(value, ensure_ascii=False).replace("{", "{{").replace("}", "}}")
    # Slots that hold whole numbers are numbers in JSON, too.
    text = re.sub(r'"\{\{(count|few|big|number)\}\}"', r"{\1}", text)
    return re.sub(r"\{\{(\w+)\}\}", r"{\1}", text)
