"""Values of dimensions in words: `data_import` of a topic is drawn as Data import, `en` as English.

Links, CSV files and `measure` keep the value as the warehouse has it. So do the screens where it is a
name that another system or the team gave: tools, systems, error types, versions, queues, ids.
"""

import re
from collections import Counter
from collections.abc import Iterable

from dashboard.metrics.formatting import lower_first, upper_first
from dashboard.scope import filter_text

VERBATIM = frozenset(
    ("version", "source", "account", "queue", "system", "name", "error_type", "group", "message")
)
"""Dimensions whose values are shown as they are."""

OUTCOME_WORDS = {
    "escalated": "Escalated",
    "pending": "Open",
    "abandoned": "Abandoned",
    "confirmed": "Confirmed resolved",
    "assumed": "Assumed resolved",
    "ambiguous": "Ambiguous",
    "excluded": "Excluded",
}
REASON_WORDS = {
    "customer_request": "Customer request",
    "policy": "Policy",
    "knowledge_gap": "Knowledge gap",
    "tool_failure": "Tool failure",
    "low_confidence": "Low confidence",
    "unclassified": "Unclassified",
}
HANDLED_BY_WORDS = {
    "ai only": "AI only",
    "ai and human": "AI and human",
    "human only": "Human only",
    "nobody": "Unanswered",
}
OPERATION_WORDS = {
    "execute_tool": "Tool call",
    "retrieval": "Retrieval",
    "chat": "Model call",
    "http": "HTTP call",
    "job": "Job",
}
ORIGIN_WORDS = {
    "agent": "Agent",
    "customer": "Customer's device",
    "background": "Background",
}
_ORIGIN_PHRASES = {
    "agent": "by the agent",
    "customer": "on the customer's device",
    "background": "in the background",
}
RULE_WORDS = {"went_on": "AI continued", "background": "Background failure"}
_LANGUAGES = {
    "ar": "Arabic",
    "bg": "Bulgarian",
    "ca": "Catalan",
    "cs": "Czech",
    "da": "Danish",
    "de": "German",
    "el": "Greek",
    "en": "English",
    "es": "Spanish",
    "et": "Estonian",
    "fi": "Finnish",
    "fr": "French",
    "he": "Hebrew",
    "hi": "Hindi",
    "hr": "Croatian",
    "hu": "Hungarian",
    "id": "Indonesian",
    "it": "Italian",
    "ja": "Japanese",
    "ko": "Korean",
    "lt": "Lithuanian",
    "lv": "Latvian",
    "nb": "Norwegian",
    "nl": "Dutch",
    "no": "Norwegian",
    "pl": "Polish",
    "pt": "Portuguese",
    "ro": "Romanian",
    "ru": "Russian",
    "sk": "Slovak",
    "sl": "Slovenian",
    "sr": "Serbian",
    "sv": "Swedish",
    "th": "Thai",
    "tr": "Turkish",
    "uk": "Ukrainian",
    "vi": "Vietnamese",
    "zh": "Chinese",
}
_WORDS = {
    "outcome": OUTCOME_WORDS,
    "reason": REASON_WORDS,
    "handled_by": HANDLED_BY_WORDS,
    "operation": OPERATION_WORDS,
    "origin": ORIGIN_WORDS,
    "rule": RULE_WORDS,
    "language": _LANGUAGES,
}
_ABBREVIATIONS = frozenset(
    ("ai", "api", "crm", "csv", "erp", "faq", "id", "pdf", "sla", "sms", "sso", "ui", "url", "vat")
)
_RAW_KEY = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


def value_words(dimension: str, value: str | None) -> str:
    """A value of the dimension of that key, as it is drawn; the unknown one as `(unknown)`."""
    if value is None or dimension in VERBATIM:
        return filter_text(value)
    known = _WORDS.get(dimension, {})
    if value in known:
        return known[value]
    # A language that is not listed stays a code.
    if dimension == "language" or not _RAW_KEY.fullmatch(value):
        return value
    words = (word.upper() if word in _ABBREVIATIONS else word for word in value.split("_"))
    return upper_first(" ".join(words))


def value_labels(dimension: str, values: Iterable[str | None]) -> dict[str | None, str]:
    """Value → words, no two alike: values whose words would be the same are left as they are."""
    labels = {value: value_words(dimension, value) for value in values}
    times = Counter(labels.values())
    return {
        value: words if times[words] == 1 else filter_text(value) for value, words in labels.items()
    }


def reason_phrase(reason: str | None) -> str:
    """A handoff's reason within a sentence: customer request."""
    return lower_first(value_words("reason", reason)) if reason else "no reason recorded"


def operation_phrase(operation: str, origin: str | None = None) -> str:
    """What kind of call it was, and where it was made: tool call in the background."""
    phrase = lower_first(value_words("operation", operation))
    return f"{phrase} {_ORIGIN_PHRASES[origin]}" if origin in _ORIGIN_PHRASES else phrase
