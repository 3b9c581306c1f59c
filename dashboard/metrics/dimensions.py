"""The dimensions, every one once: what figures are broken down and filtered by.

Filter bar, breakdowns, links, lists, CSV, rollups, materialized rows and the SQL of all of them are made
from this list. A new dimension is one entry here (CONTRIBUTING.md).
"""

from dashboard.errors import DimensionInvalid
from dashboard.metrics.dimension import OF_ACCOUNTS, OF_CONVERSATIONS, Dimension

_EPISODES = ("episodes", "handoffs", "ratings")
"""Read from `facts/episodes.sql` in full: an episode as it stands at the instant of asking."""
_CALLS = ("spans", "silent_failures")
_WAITING = "waiting_handoffs"
_AT_RISK = "accounts_at_risk"


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
