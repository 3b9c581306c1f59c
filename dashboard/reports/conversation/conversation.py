"""One conversation as it stood at an instant: its facts, messages and calls."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, column, literal_column, select

from dashboard.metrics.sql import rows_of
from dashboard.postgres.read import fetch, query
from dashboard.reports.conversations.rows import COLUMNS, EPISODES_EVER, EXCLUDED_EVER
from dashboard.scope import Scope

LONGEST_BODY = 100_000
"""Characters of a message that are read for the page; the download holds the rest."""
LONGEST_PAYLOAD = 10_000
"""Characters of a formatted request or response that are shown."""
BUDGET = 2_000_000
"""Characters of all bodies, and of all payloads, together: where there are many, each is cut sooner."""
MOST_MESSAGES = 500
MOST_SPANS = 500

Row = dict[str, Any]

_EPISODE = tuple(
    dict.fromkeys((*COLUMNS, "closing_signal", "next_episode_at", "answered_after_s", "waited_s"))
)


@dataclass(frozen=True)
class Absent:
    """No conversation to show: `started_at` where it starts after the instant of asking, else None."""

    started_at: datetime | None


@dataclass(frozen=True)
class Entry:
    """One thing in the transcript: a message with its citations, or a call in its place."""

    is_message: bool
    at: datetime
    row: Row
    citations: tuple[Row, ...] = ()


@dataclass(frozen=True)
class Conversation:
    """Everything inside one conversation at `scope.as_of`.

    `facts`: the columns of `facts/episodes.sql` and `account_name`, `monthly_revenue`, `is_excluded`.
    `messages` and `spans` count all there are; `entries` holds at most `MOST_MESSAGES` and `MOST_SPANS`.
    """

    scope: Scope
    facts: Row
    entries: tuple[Entry, ...]
    evaluations: tuple[Row, ...]
    messages: int
    spans: int

    @property
    def key(self) -> tuple[str, str]:
        return self.facts["account_id"], self.facts["conversation_id"]

    @property
    def answered_at(self) -> datetime:
        """What earlier failures are measured from: the first AI answer, else the handoff, else the start."""
        facts = self.facts
        return facts["first_ai_reply_at"] or facts["handoff_at"] or facts["started_at"]


def conversation(account: str, key: str, scope: Scope) -> Conversation | Absent:
    """The conversation `key` of `account` at `scope.as_of`. Raises the errors of `fetch`."""
    asked: Row = {"account": account, "conversation": key}
    found = fetch(query("lists/conversation_identity.sql"), asked)
    if not found:
        return Absent(None)
    identity = dict(found[0])
    if identity["started_at"] > scope.as_of:
        return Absent(identity["started_at"])
    asked["as_of"] = scope.as_of
    messages = _fetch(
        "messages", {**asked, "longest": LONGEST_BODY, "budget": BUDGET, "most": MOST_MESSAGES}
    )
    spans = _fetch(
        "spans", {**asked, "longest": LONGEST_PAYLOAD, "budget": BUDGET, "most": MOST_SPANS}
    )
    return Conversation(
        scope,
        _known(account, key, scope, identity["is_excluded"]) | identity,
        tuple(_merged(messages, spans, _fetch("citations", asked))),
        tuple(_fetch("evaluations", asked)),
        messages[0]["messages"] if messages else 0,
        spans[0]["spans"] if spans else 0,
    )


def whole_transcript(account: str, key: str, as_of: datetime) -> bytes:
    """Every message up to `as_of`, in full, as plain UTF-8 text. Raises the errors of `fetch`."""
    rows = fetch(
        query("lists/conversation_messages.sql"),
        {
            "account": account,
            "conversation": key,
            "as_of": as_of,
            "longest": 2**30,
            "budget": 2**62,
            "most": 1_000_000,
        },
    )
    messages = (
        f"[{row['sent_at'].isoformat()}] {row['author']}"
        f"{' (internal)' if row['is_internal'] else ''}"
        f"{': ' + row['author_name'] if row['author_name'] else ''}\n{row['body']}\n"
        for row in rows
    )
    return "\n".join(messages).encode("utf-8")


def _fetch(what: str, asked: Row) -> list[Row]:
    return [dict(row) for row in fetch(query(f"lists/conversation_{what}.sql"), asked)]


def _known(account: str, key: str, scope: Scope, is_excluded: bool) -> Row:
    source = EXCLUDED_EVER if is_excluded else EPISODES_EVER
    known: Select = (
        select(*map(literal_column, _EPISODE))
        .select_from(rows_of(source, scope))
        .where(column("account_id") == account, column("conversation_id") == key)
    )
    return dict(fetch(known)[0])


def _merged(messages: list[Row], spans: list[Row], citations: list[Row]) -> list[Entry]:
    """Messages in their order, each call before the message that followed it."""
    entries: list[Entry] = []
    waiting = list(spans)
    for message in messages:
        while waiting and _comes_before(waiting[0], message):
            entries.append(_call(waiting.pop(0)))
        cited = tuple(row for row in citations if row["position"] == message["position"])
        entries.append(Entry(True, message["sent_at"], message, cited))
    return entries + [_call(span) for span in waiting]


def _comes_before(span: Row, message: Row) -> bool:
    # At the same instant a call follows the customer's words and precedes the answer to them.
    if span["started_at"] == message["sent_at"]:
        return message["author"] != "customer"
    return span["started_at"] < message["sent_at"]


def _call(span: Row) -> Entry:
    return Entry(False, span["started_at"], span)
