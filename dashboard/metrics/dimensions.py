"""The dimensions, every one once: what figures are broken down and filtered by.

Filter bar, breakdowns, links, lists, CSV, rollups, materialized rows and the SQL of all of them are made
from this list. A new dimension is one entry here (CONTRIBUTING.md).
"""

import re
from dataclasses import dataclass
from functools import cache, cached_property

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from dashboard.errors import DimensionInvalid

OF_CONVERSATIONS, OF_ACCOUNTS = "conversations", "accounts"

_EPISODES = ("episodes", "handoffs", "ratings")
"""Read from `facts/episodes.sql` in full: an episode as it stands at the instant of asking."""
_CALLS = ("spans", "silent_failures")
_WAITING = "waiting_handoffs"
_AT_RISK = "accounts_at_risk"

_KNOWN_LATER = (
    "ended_at",
    "first_ai_reply_at",
    "handoff_at",
    "handoff_reason",
    "handoff_queue",
    "first_human_reply_at",
    "closing_signal",
    "rating",
    "rated_at",
    "rating_comment",
)
"""Columns of conversations that say nothing yet when one starts."""
_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")


@dataclass(frozen=True)
class Dimension:
    """One way to break facts down: `key` in links and on the command line, `label` on screen.

    `description` is one sentence for people. `sql` says what its value is: an expression over the
    columns of `conversations` or of `accounts`, each named with its table, of which the value is taken
    as text. `column` is given where the facts' files have the value already, under that name; then
    `sql` may be empty. `facts` are the keys of the facts that have it, none means all of them.
    `is_rolled_up`: sums are kept by it, which is for dimensions of up to a few hundred values.
    `goes_along`: links take it along to other pages.
    Raises `DimensionInvalid` for an entry that cannot work, saying what to change.
    """

    key: str
    label: str
    description: str
    sql: str = ""
    column: str = ""
    facts: tuple[str, ...] = ()
    is_rolled_up: bool = True
    goes_along: bool = True

    def __post_init__(self) -> None:
        if not _KEY.fullmatch(self.key):
            raise self._wrong("its key goes into links: small letters, digits and _, at most 40")
        if not self.label or not re.fullmatch(r"[A-Z(].+\.", self.description):
            raise self._wrong("it needs a label, and a description that is a sentence")
        if not self.sql and not self.column:
            raise self._wrong("it needs `sql`, or the `column` that the facts' files have")
        if self.sql:
            self._parse_sql()
            self._check_sql()
        if not self.column:
            if self.facts:
                raise self._wrong("every fact has what is said by `sql`; leave `facts` out")
            # A name that no file has: a column of the same name would make both ambiguous.
            object.__setattr__(self, "column", f"dimension_{self.key}")

    @cached_property
    def reads(self) -> str:
        """What `sql` is an expression over: `OF_CONVERSATIONS` or `OF_ACCOUNTS`; empty without one."""
        return next((table for table, _ in _columns_in(self.sql)), "")

    @property
    def is_filled_in(self) -> bool:
        """Whether the SQL files lack it, and have it filled in as they are read."""
        return self.column == f"dimension_{self.key}"

    def _parse_sql(self) -> None:
        try:
            (parsed,) = sqlglot.parse(self.sql, dialect="postgres")
        except (SqlglotError, ValueError) as error:
            first = str(error).splitlines()[0]
            raise self._wrong(f"its SQL is no expression that can be read: {first}") from error
        if parsed is None or any(
            token.comments for token in sqlglot.tokenize(self.sql, "postgres")
        ):
            raise self._wrong("its SQL is one expression, without a comment")

    def _check_sql(self) -> None:
        tables = {table for table, _ in _columns_in(self.sql)}
        if len(tables) != 1 or not tables <= {OF_CONVERSATIONS, OF_ACCOUNTS}:
            raise self._wrong(
                "its SQL names each column with its table, all of them conversations.… or all of"
                f" them accounts.…; it reads {', '.join(sorted(tables)) or 'no column'}"
            )
        later = [name for _, name in _columns_in(self.sql) if name in _KNOWN_LATER]
        if tables == {OF_CONVERSATIONS} and later:
            raise self._wrong(
                f"{later[0]} is not known when a conversation starts, so a past instant would see what"
                f' came after it; give column="{later[0]}" and the facts that have it instead of `sql`'
            )

    def _wrong(self, why: str) -> DimensionInvalid:
        return DimensionInvalid(f"The dimension {self.key!r} cannot work: {why}.")


@cache
def _columns_in(sql: str) -> tuple[tuple[str, str], ...]:
    """Every column of an expression, with its table; a bare one has "a bare " and its name instead."""
    if not sql:
        return ()
    parsed = sqlglot.parse_one(sql, dialect="postgres")
    return tuple(
        (column.table or f"a bare {column.name}", column.name)
        for column in parsed.find_all(exp.Column)
    )


DIMENSIONS: tuple[Dimension, ...] = (
    Dimension(
        "topic",
        "Topic",
        "What the conversation is about, according to its source or a classifier.",
        "conversations.topic",
        "topic",
    ),
    Dimension(
        "channel",
        "Channel",
        "Where the conversation takes place, for example chat, email or phone.",
        "conversations.channel",
        "channel",
    ),
    Dimension(
        "version",
        "Agent version",
        "The build of the AI agent that was live.",
        "conversations.agent_version",
        "agent_version",
    ),
    Dimension(
        "language",
        "Language",
        "The language that the customer writes or speaks.",
        "conversations.language",
        "language",
    ),
    Dimension("plan", "Plan", "The plan that the account is on today.", "accounts.plan", "plan"),
    Dimension(
        "source",
        "Source",
        "The system that the conversation came from.",
        "conversations.source",
        "source",
    ),
    Dimension(
        "account",
        "Account",
        "The customer, by the account's id.",
        column="account_id",
        is_rolled_up=False,
    ),
    Dimension(
        "outcome",
        "Outcome",
        "The outcome of the episode at the as-of time.",
        column="outcome",
        facts=_EPISODES,
    ),
    Dimension(
        "handled_by",
        "Handled by",
        "Who replied to the customer: the AI, a human, both or no one.",
        column="handled_by",
        facts=_EPISODES,
    ),
    Dimension(
        "reason",
        "Handoff reason",
        "Why the conversation was handed off to a human.",
        column="handoff_reason",
        facts=(*_EPISODES, _WAITING),
    ),
    Dimension(
        "queue",
        "Handoff queue",
        "The queue of the handoff.",
        column="handoff_queue",
        facts=(*_EPISODES, _WAITING),
    ),
    Dimension(
        "rating",
        "Rating",
        "The customer's rating, from 1 to 5.",
        column="stars",
        facts=_EPISODES,
        is_rolled_up=False,
    ),
    Dimension(
        "system",
        "System",
        "The service that was called.",
        column="system",
        facts=(*_CALLS, _AT_RISK),
    ),
    Dimension(
        "name",
        "Tool or endpoint",
        "The tool, endpoint or job that was called.",
        column="name",
        facts=(*_CALLS, _AT_RISK),
    ),
    Dimension(
        "operation",
        "Operation",
        "The kind of call: tool, retrieval, model, HTTP or job.",
        column="operation",
        facts=_CALLS,
    ),
    Dimension(
        "origin",
        "Origin",
        "Who made the call: the agent or background work.",
        column="origin",
        facts=(*_CALLS, _AT_RISK),
    ),
    Dimension(
        "error_type",
        "Error type",
        "The type of error that the call failed with.",
        column="error_type",
        facts=(*_CALLS, _AT_RISK),
    ),
    Dimension(
        "rule",
        "Rule",
        "The rule by which a failure counts as silent.",
        column="rule",
        facts=("silent_failures",),
        goes_along=False,
    ),
    Dimension(
        "group",
        "Error group",
        "Failures of one system, name, error type and masked message.",
        column="fingerprint",
        facts=("spans",),
        goes_along=False,
    ),
    Dimension(
        "message",
        "Error message, masked",
        "The error message without the ids, numbers and names that differ each time.",
        column="message_shape",
        facts=("spans",),
        goes_along=False,
    ),
)
"""Every dimension that is offered, in the order in which it is offered."""

INNER_DIMENSIONS: tuple[Dimension, ...] = (
    Dimension(
        "answered_second",
        "Answered after, in seconds",
        "How long the handoff waited until a human replied.",
        column="answered_second",
        facts=("handoffs",),
    ),
    Dimension(
        "waited_second",
        "Ended unanswered after, in seconds",
        "How long the handoff waited until its episode ended without a reply.",
        column="waited_second",
        facts=("handoffs",),
    ),
    Dimension(
        "duration_bin",
        "Duration, in steps of 5 %",
        "How long the call took, on a scale of logarithms.",
        column="duration_bin",
        facts=("spans",),
    ),
)
"""What the product groups by for itself, and offers nobody."""


def dimensions_of(fact: str, among: tuple[Dimension, ...] = DIMENSIONS) -> tuple[Dimension, ...]:
    """Those that the fact of that key has."""
    return tuple(one for one in among if not one.facts or fact in one.facts)


EPISODE_DIMENSIONS = tuple(one for one in DIMENSIONS if not one.facts)
"""What is known of every row of every fact: of its conversation when it started, and of its account."""
FILLED_IN = tuple(one for one in DIMENSIONS if one.is_filled_in)
"""What the SQL files have not written out."""
CONVERSATION_DIMENSIONS = tuple(one for one in DIMENSIONS if one.reads == OF_CONVERSATIONS)
ACCOUNT_DIMENSIONS = tuple(one for one in DIMENSIONS if one.reads == OF_ACCOUNTS)
LABELS = {one.key: one.label for one in DIMENSIONS}
"""Key → how it is called on screen."""


def _check_keys(dimensions: tuple[Dimension, ...]) -> None:
    keys = [one.key for one in dimensions]
    twice = sorted({key for key in keys if keys.count(key) > 1})
    if twice:
        raise DimensionInvalid(f"There are two dimensions of the key {twice[0]!r}.")


_check_keys((*DIMENSIONS, *INNER_DIMENSIONS))
