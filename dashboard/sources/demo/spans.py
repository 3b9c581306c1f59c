"""What the agent's calls leave behind: the relation `spans` of one day's conversations."""

import json

import numpy as np

from dashboard.sources.demo.calls import Calls, Failure, Slot
from dashboard.sources.demo.phrasebook import REASONS, Stage, Tool, phrasebook
from dashboard.sources.demo.plans import Plan
from dashboard.sources.demo.table import NULL, Table
from dashboard.sources.demo.turns import CALL_GAP
from dashboard.sources.demo.wording import Conversations

MODEL = "ada-large-2"
_USD_PER_INPUT_TOKEN, _USD_PER_OUTPUT_TOKEN = 2.5e-6, 1.0e-5
# For each failure: its type, its status, its message.
FAILURES = {
    Failure.TIMEOUT: ("timeout", "504", "no answer within 30000 ms (request {ref})"),
    Failure.BAD_GATEWAY: (
        "http_502",
        "502",
        "502 Bad Gateway: upstream node-{count} closed the connection (request {ref})",
    ),
    Failure.UNAVAILABLE: (
        "http_503",
        "503",
        "503 Service Unavailable: over capacity, retry after {count} s",
    ),
    Failure.RATE_LIMITED: (
        "rate_limited",
        "429",
        "limit of 120 calls a minute reached for practice '{account}', retry after {count} s",
    ),
    Failure.INVALID: (
        "validation_error",
        "422",
        "field 'reference' has value 'H-{number}': expected an id of practice '{account}'",
    ),
}
_SEARCH = Tool(
    "knowledge-base",
    "search_articles",
    '{{"query": "{search}", "limit": 3}}',
    '{{"hits": [{{"article": "{article}", "score": 0.8{few}}}]}}',
)
# What services say that are asked for nothing by reference.
_REFUSED = "practice '{account}' may not be asked about before {iso_soon} (request {ref})"
_NOTHING_FOUND = '{"hits": []}'


def agent_spans(
    about: Conversations, midnight: np.datetime64, random: np.random.Generator
) -> Table:
    """The relation `spans` for the calls of conversations in which the AI took part."""
    made = about.made
    present = made.made.copy()
    present[np.isin(about.went.plan, (Plan.HUMAN_FIRST, Plan.LEFT))] = False
    started = about.had.asked[:, None] + _offsets(made)
    episode, slot = np.nonzero(present)
    failure = made.failure[episode, slot]
    seconds = made.seconds[episode, slot]
    at = midnight + (started[episode, slot] * 1000).astype("timedelta64[ms]")
    traces, ids = _identifiers(len(about.who), len(episode), random)
    words = _words(about, episode, slot, failure)
    tokens = _tokens(slot == Slot.MODEL, failure, random)
    columns = {
        "account_id": about.account_ids[episode],
        "span_id": ids,
        "trace_id": traces[episode],
        "conversation_id": about.ids[episode],
        "origin": np.full(len(episode), "agent", dtype=object),
        "operation": np.array(["retrieval", *["execute_tool"] * 3, "chat"], dtype=object)[slot],
        **words,
        "started_at": at,
        "duration_ms": np.round(seconds * 1000, 1),
        **tokens,
    }
    known_at = at + (seconds * 1000).astype("timedelta64[ms]") + about.lag[episode]
    return Table("spans", columns, known_at)


def failure_columns(failure: np.ndarray, texts: list[str | None]) -> dict[str, np.ndarray]:
    """Status and error of each span from its failure or -1; `texts` are the errors' messages."""
    kinds = np.array([FAILURES[kind][0] for kind in Failure] + [None], dtype=object)
    statuses = np.array([FAILURES[kind][1] for kind in Failure] + ["200"], dtype=object)
    return {
        "status_code": statuses[failure],
        "error_type": kinds[failure],
        "error_message": np.array(texts, dtype=object),
    }


def identifiers(count: int, octets: int, random: np.random.Generator) -> np.ndarray:
    """`count` random identifiers of `octets` bytes in hexadecimal."""
    digits = random.bytes(count * octets).hex()
    width = octets * 2
    return np.array(
        [digits[start : start + width] for start in range(0, len(digits), width)], dtype=object
    )


def _identifiers(
    episodes: int, spans: int, random: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    return identifiers(episodes, 16, random), identifiers(spans, 8, random)


def _offsets(made: Calls) -> np.ndarray:
    """Seconds from the question to the start of each call: one after the other, with a gap."""
    taken = np.where(made.made, made.seconds + CALL_GAP, 0)
    return np.cumsum(taken, axis=1) - np.where(made.made, made.seconds, 0)


def _words(
    about: Conversations, episode: np.ndarray, slot: np.ndarray, failure: np.ndarray
) -> dict[str, np.ndarray]:
    known = phrasebook().scenarios
    scenario = about.who.scenario[episode].tolist()
    # An answer that did not fit rested on something that was found.
    gap = (about.went.reason == REASONS.index("knowledge_gap")) & ~about.had.said[:, Stage.ANSWER]
    gap = gap[episode].tolist()
    systems, names, requests = [], [], []
    responses: list[str | None] = []
    messages: list[str | None] = []
    rows = zip(scenario, slot.tolist(), failure.tolist(), episode.tolist(), gap, strict=True)
    for which, place, failed, number, is_gap in rows:
        filled = about.filled[number]
        tool = _tool(known[which].tools, place)
        systems.append(tool.system)
        names.append(tool.name)
        requests.append(tool.request.format_map(filled) if tool.request else None)
        if failed >= 0:
            names_own = failed != Failure.INVALID or "reference" in tool.request
            message = (FAILURES[failed][2] if names_own else _REFUSED).format_map(filled)
            messages.append(message)
            responses.append(json.dumps({"error": message}))
        else:
            messages.append(None)
            is_empty = place == Slot.SEARCH and (is_gap or not filled["article"])
            responses.append(_NOTHING_FOUND if is_empty else _formatted(tool.response, filled))
    return {
        "system": np.array(systems, dtype=object),
        "name": np.array(names, dtype=object),
        "request": np.array(requests, dtype=object),
        "response": np.array(responses, dtype=object),
        **failure_columns(failure, messages),
    }


_MODEL_CALL = Tool("model", f"chat {MODEL}", "", "")


def _tool(tools: tuple[Tool, ...], slot: int) -> Tool:
    if slot == Slot.SEARCH:
        return _SEARCH
    if slot == Slot.MODEL:
        return _MODEL_CALL
    return tools[1] if slot == Slot.SECOND else tools[0]


def _formatted(template: str, filled: dict[str, object]) -> str | None:
    return template.format_map(filled) if template else None


def _tokens(
    is_model: np.ndarray, failure: np.ndarray, random: np.random.Generator
) -> dict[str, np.ndarray]:
    counted = is_model & (failure < 0)
    read = random.integers(1_400, 7_200, len(is_model))
    written = random.integers(60, 420, len(is_model))
    cost = np.round(read * _USD_PER_INPUT_TOKEN + written * _USD_PER_OUTPUT_TOKEN, 6)
    return {
        "input_tokens": np.where(counted, read.astype(object), NULL),
        "output_tokens": np.where(counted, written.astype(object), NULL),
        "cost_usd": np.where(counted, cost, np.nan),
    }
