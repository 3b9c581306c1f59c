"""Every definition a second time, in plain Python over plain rows, as slow and as plain as can be.

Written from the definitions, not from the SQL: `test_reference.py` insists that both agree on a
warehouse of chance.
"""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from dashboard.scope import Scope
from tests.metrics.random_warehouse import Rows

Row = dict[str, Any]
DAY = timedelta(hours=24)
WINDOWS = {"24h": DAY, "72h": 3 * DAY, "7d": 7 * DAY}
_COLUMNS = {"version": "agent_version", "account": "account_id"}
_RATING = ("rating", "rated_at")
_HANDOFF = ("handoff_at", "handoff_reason", "handoff_queue")


def seen(conversation: Row, instant: datetime) -> Row | None:
    """The conversation as it stood at `instant`: what came later is None."""
    if conversation["started_at"] > instant:
        return None
    rated_at = next(
        conversation[name]
        for name in ("rated_at", "ended_at", "started_at")
        if conversation[name] is not None
    )
    row = {**conversation, "rated_at": None if conversation["rating"] is None else rated_at}
    dated = {
        "ended_at": ("ended_at", "closing_signal"),
        "first_ai_reply_at": ("first_ai_reply_at",),
        "first_human_reply_at": ("first_human_reply_at",),
        "handoff_at": _HANDOFF,
    }
    forgotten = [names for name, names in dated.items() if row[name] is None or row[name] > instant]
    if rated_at > instant:
        forgotten.append(_RATING)
    return {**row, **{name: None for names in forgotten for name in names}}


def outcome(episode: Row) -> str:
    if episode["first_human_reply_at"] or episode["handoff_at"]:
        return "escalated"
    if not episode["ended_at"]:
        return "pending"
    if not episode["first_ai_reply_at"] or episode["closing_signal"] == "negative":
        return "abandoned"
    return {"confirmed": "confirmed", "silent": "assumed", None: "ambiguous"}[
        episode["closing_signal"]
    ]


class Reference:
    """What is known at one instant."""

    def __init__(self, rows: Rows, as_of: datetime) -> None:
        self.as_of = as_of
        plans = {row["account_id"]: row["plan"] for row in rows.accounts}
        held = [row for one in rows.conversations if (row := seen(one, as_of))]
        for row in held:
            row |= {"plan": plans.get(row["account_id"]), "outcome": outcome(row)}
        self.episodes = [row for row in held if not row["is_excluded"]]
        self.excluded = [row for row in held if row["is_excluded"]]
        self._by_key = {(row["account_id"], row["conversation_id"]): row for row in held}
        self._messages = [row for row in rows.messages if row["sent_at"] <= as_of]
        ours = (row for row in rows.spans if _end(row) <= as_of)
        self._all_spans = [{**row, "plan": plans.get(row["account_id"])} for row in ours]
        self.spans = [
            self._with_episode(row)
            for row in self._all_spans
            if row["origin"] != "customer" and not self._conversation(row).get("is_excluded")
        ]

    def _conversation(self, row: Row) -> Row:
        return self._by_key.get((row["account_id"], row["conversation_id"]), {})

    def _with_episode(self, span: Row) -> Row:
        known = self._conversation(span)
        names = ("source", "channel", "language", "topic", "agent_version")
        return {**span, **{name: known.get(name) for name in names}}

    def recovered(self, failure: Row, until: datetime | None = None) -> bool:
        """Did a success of the same name and request follow, known by `until`?"""
        return any(
            row["account_id"] == failure["account_id"]
            and row["conversation_id"] == failure["conversation_id"]
            and row["name"] == failure["name"]
            and row["request"] == failure["request"]
            and row["error_type"] is None
            and row["started_at"] > failure["started_at"]
            and (failure["conversation_id"] or row["started_at"] < failure["started_at"] + DAY)
            and _end(row) <= (until or self.as_of)
            for row in self._all_spans
        )

    def returned_at(self, episode: Row) -> datetime | None:
        starts = [
            other["started_at"]
            for other in self.episodes
            if other["account_id"] == episode["account_id"]
            and other["conversation_id"] != episode["conversation_id"]
            and other["started_at"] >= episode["ended_at"]
        ]
        return min(starts, default=None)

    def outermost_failures(self) -> list[Row]:
        failed = [
            row for row in self._all_spans if row["error_type"] and row["origin"] != "customer"
        ]
        ids = {(row["account_id"], row["span_id"]) for row in failed}
        return [row for row in failed if (row["account_id"], row["parent_span_id"]) not in ids]

    def silent_failures(self) -> Iterable[Row]:
        for failure in self.outermost_failures():
            if failure["origin"] == "agent" and self._went_on(failure):
                episode = self._conversation(failure)
                yield {**episode, "occurred_at": failure["started_at"]}
            if failure["origin"] == "background" and failure["conversation_id"] is None:
                for episode in self.episodes:
                    if self._missed(failure, episode):
                        yield {**episode, "occurred_at": episode["started_at"]}

    def _went_on(self, failure: Row) -> bool:
        episode = self._conversation(failure)
        if not episode or episode["is_excluded"] or self.recovered(failure):
            return False
        handed_off = episode["handoff_at"] and episode["handoff_at"] >= failure["started_at"]
        return not handed_off and any(
            row["author"] == "ai_agent"
            and not row["is_internal"]
            and row["sent_at"] > _end(failure)
            for row in self._said_in(episode)
        )

    def _missed(self, failure: Row, episode: Row) -> bool:
        names = [failure[key].replace("_", "-") for key in ("system", "name")]
        return (
            episode["account_id"] == failure["account_id"]
            and _end(failure) <= episode["started_at"] < failure["started_at"] + DAY
            and bool(episode["first_ai_reply_at"] or episode["handoff_at"])
            and not self.recovered(failure, until=episode["started_at"])
            and not any(
                row["system"] == failure["system"]
                for row in self._all_spans
                if self._conversation(row) is episode
            )
            and not any(
                name in row["body"].lower().replace("_", "-").replace(" ", "-")
                for row in self._said_in(episode)
                for name in names
            )
        )

    def _said_in(self, episode: Row) -> list[Row]:
        return [row for row in self._messages if self._conversation(row) is episode]

    def waiting(self) -> list[Row]:
        return [
            row
            for row in self.episodes
            if row["handoff_at"] and not row["first_human_reply_at"] and not row["ended_at"]
        ]

    def at_risk(self) -> Iterable[Row]:
        newest: dict[str, Row] = {}
        for failure in sorted(self.outermost_failures(), key=lambda row: row["started_at"]):
            asked = any(
                row["account_id"] == failure["account_id"]
                and row["handoff_at"]
                and row["handoff_at"] >= failure["started_at"]
                for row in self.episodes
            )
            recent = failure["started_at"] > self.as_of - DAY
            is_excluded = self._conversation(failure).get("is_excluded")
            if recent and not asked and not is_excluded and not self.recovered(failure):
                newest[failure["account_id"]] = failure
        for account in newest:
            touched = [
                row
                for row in self.episodes
                if row["account_id"] == account and self._open_or_resolved(row)
            ]
            if touched:
                # The newest; of equals the one of the smaller key.
                yield min(
                    touched,
                    key=lambda row: (-row["started_at"].timestamp(), row["conversation_id"]),
                )

    def _open_or_resolved(self, episode: Row) -> bool:
        if episode["outcome"] == "pending":
            return True
        resolved = episode["outcome"] in ("confirmed", "assumed")
        return resolved and episode["ended_at"] > self.as_of - 7 * DAY


def _end(span: Row) -> datetime:
    return span["started_at"] + timedelta(milliseconds=span["duration_ms"] or 0)


def inside(scope: Scope, date: Callable[[Row], datetime | None] | None) -> Callable[[Row], bool]:
    """Whether a row lies in the window, by `date`, and passes the filters."""

    def is_inside(row: Row) -> bool:
        when = date(row) if date else scope.since
        passes = all(row[_COLUMNS.get(key, key)] in values for key, values in scope.filters)
        return passes and when is not None and scope.since <= when < scope.until

    return is_inside
