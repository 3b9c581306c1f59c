"""Everything that a page shows as text, and the phrases that no text of the product has."""

import json
import re
from collections.abc import Iterator
from html import unescape
from typing import Any

from streamlit.testing.v1 import AppTest

from tests.pages.figures import texts_drawn

_NO_TEXT = ("code", "plotly_chart", "arrow_data_frame")
_NO_WORDS = {"id", "key", "url", "form_id", "css_class", "js", "css"}
_SCRIPT_OR_STYLE = re.compile(r"<(script|style)\b.*?</\1>", re.DOTALL)
_SHOWN_ATTRIBUTE = re.compile(r'\b(?:title|aria-label|data-label)="([^"]*)"')
_TAG = re.compile(r"<[^>]*>")

BANNED = (
    # What stood on screen once, and its kin.
    r"left out",
    r"nothing to (measure|show|compare)",
    r"(no|any) clear (change|difference)",
    r"\bits band\b",
    r"\busual(ly)?\b",
    r"nobody",
    r"somebody",
    r"\bno longer waits?\b",
    r"\bare cut\b",
    r"times (told|are of)\b",
    r"no plain\b",
    r"by whose\b",
    r"from eligible\b",
    r"unnoticed",
    r"who rates\b",
    r"contained, and\b",
    r"keeps? the contract",
    r"neither way",
    r"\bby itself\b",
    r"point at it",
    r"\bis no (length|date|time|bucket|filter|share|web|postgres)",
    r"\bof those\b",
    r"as it (stood|came)\b",
    r"see it now",
    r"\bwent well\b",
    r"by the team\b",
    r"\bagainst\b",
    r"means nothing",
    r"\bthere are: ",
    r"\bin words\b",
    # Archaic or poetic.
    r"\bwho(m)?ever\b",
    r"\bfor want of\b",
    r"\blies?\b",
    r"\banew\b",
    r"\bhence\b",
    r"\bthereof\b",
    r"\bwhat (was|is|had) (said|asked|there)\b",
    r"\bgoes on\b",
    r"\bbroke off\b",
    r"\bheaps?\b",
    r"\binstant of asking\b",
)
_BANNED = re.compile("|".join(BANNED), re.IGNORECASE)


def banned_in(text: str) -> list[str]:
    """The phrases of `text` that are banned."""
    return [found[0] for found in _BANNED.finditer(text)]


def texts_on(app: AppTest) -> Iterator[str]:
    """Every text of the page: labels, options, help, captions, HTML and what figures draw."""
    for node in [*_nodes(app.main), *_nodes(app.sidebar)]:
        proto: Any = getattr(node, "proto", None)
        if node.type == "bidi_component":
            yield from _of_json(json.loads(proto.json))
        elif node.type not in _NO_TEXT and hasattr(proto, "ListFields"):
            for text in _of_proto(proto):
                yield from _of_html(text)
    yield from (_TAG.sub(" ", unescape(text)) for text in texts_drawn(app))


def _nodes(block: Any) -> Iterator[Any]:
    for node in block.children.values():
        yield node
        if hasattr(node, "children"):
            yield from _nodes(node)


def _of_proto(message: Any) -> Iterator[str]:
    for field, value in message.ListFields():
        if field.name in _NO_WORDS:
            continue
        for each in value if field.is_repeated else [value]:
            if isinstance(each, str):
                yield each
            elif hasattr(each, "ListFields"):
                yield from _of_proto(each)


def _of_html(text: str) -> Iterator[str]:
    text = _SCRIPT_OR_STYLE.sub("", text)
    yield from map(unescape, _SHOWN_ATTRIBUTE.findall(text))
    yield unescape(_TAG.sub(" ", text))


def _of_json(part: Any) -> Iterator[str]:
    if isinstance(part, str):
        yield part
    elif isinstance(part, list):
        for each in part:
            yield from _of_json(each)
    elif isinstance(part, dict):
        for key, each in part.items():
            if not key.endswith("link") and key not in ("state", "figure"):
                yield from _of_json(each)
