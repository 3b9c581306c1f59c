"""What a tool was asked and what it answered, in a form that a jsonb column can hold."""

import json
import math

_DEEPEST = 64


def inside(value: object, *path: str) -> object:
    """The value under `path` in nested objects, or None where one is missing or no object."""
    for name in path:
        if not isinstance(value, dict):
            return None
        value = value.get(name)
    return value


def request_of(arguments: object) -> object:
    """A tool's arguments as an object: parsed from tau-bench's JSON text, as they are in tau2-bench.

    What is no object, or cannot be stored as one, is kept as `{"raw": …}`; None stays None.
    """
    if arguments is None:
        return None
    parsed = _parsed(arguments) if isinstance(arguments, str) else arguments
    if isinstance(parsed, dict) and _fits_jsonb(parsed):
        return parsed
    if isinstance(arguments, str) or _fits_jsonb(arguments):
        return {"raw": arguments}
    return {"raw": json.dumps(arguments)}


def response_of(content: object) -> object:
    """A tool's answer: JSON objects and lists parsed, anything else the exact text.

    A bare `255.0` or `null` stays text: as JSON it would be read as a number, or as no answer.
    """
    parsed = _parsed(content) if isinstance(content, str) else content
    if isinstance(parsed, dict | list):
        if _fits_jsonb(parsed):
            return parsed
        return content if isinstance(content, str) else json.dumps(content)
    return content


def _parsed(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _fits_jsonb(value: object) -> bool:
    """Whether PostgreSQL takes it: no NaN or infinity, and nested no deeper than it can follow."""
    waiting = [(value, 1)]
    while waiting:
        item, depth = waiting.pop()
        if depth > _DEEPEST or (isinstance(item, float) and not math.isfinite(item)):
            return False
        if isinstance(item, dict):
            waiting.extend((part, depth + 1) for part in item.values())
        elif isinstance(item, list):
            waiting.extend((part, depth + 1) for part in item)
    return True
