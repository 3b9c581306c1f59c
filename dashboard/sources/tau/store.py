"""Episodes into the warehouse, so that loading them again changes nothing."""

from collections.abc import Iterable, Sequence

import psycopg
from psycopg import sql

from dashboard.sources.base import Load
from dashboard.sources.tau.episodes import SOURCE, Episode, Row

Held = tuple[str, str, str | None]
"""Account, conversation and agent version of a row that is there."""


def store(run: Load, episodes: Sequence[Episode]) -> None:
    """Bring `episodes` into the warehouse in the transaction of `run`.

    What an earlier load of the same conversations left and these no longer have is removed.
    """
    conversations = [episode.conversation for episode in episodes]
    held = _held(run.connection, conversations)
    rows = {
        "conversations": _with_known_version(conversations, held),
        "messages": [row for episode in episodes for row in episode.messages],
        "spans": [row for episode in episodes for row in episode.spans],
        "evaluations": [row for episode in episodes for row in episode.evaluations],
    }
    run.write("accounts", _accounts(run.connection, episodes))
    for relation, of_relation in rows.items():
        run.write(relation, of_relation)
    _remove_left_over(run.connection, held, rows)


def _held(connection: psycopg.Connection, conversations: Iterable[Row]) -> list[Held]:
    """What is there of these conversations already, also under another account."""
    return connection.execute(
        "select account_id, conversation_id, agent_version from conversations"
        " where source = %s and conversation_id = any(%s)",
        (SOURCE, [row["conversation_id"] for row in conversations]),
    ).fetchall()


def _with_known_version(conversations: Iterable[Row], held: list[Held]) -> list[Row]:
    # tau-bench names the model in the file's name alone: a renamed copy must not forget it.
    known: dict[object, str | None] = {
        conversation_id: version for _, conversation_id, version in held
    }
    return [
        row | {"agent_version": row["agent_version"] or known.get(row["conversation_id"])}
        for row in conversations
    ]


def _accounts(connection: psycopg.Connection, episodes: Iterable[Episode]) -> list[Row]:
    """One row an account, without those whose name only an earlier load knows."""
    named: dict[object, Row] = {}
    unnamed: dict[object, Row] = {}
    for episode in episodes:
        rows = named if episode.is_named else unnamed
        rows.setdefault(episode.account["account_id"], episode.account)
    found = connection.execute(
        "select account_id from accounts where account_id = any(%s)", (list(unnamed),)
    )
    there = {account_id for (account_id,) in found}
    new = [row for account_id, row in unnamed.items() if account_id not in named.keys() | there]
    return [*named.values(), *new]


_PARTS = {"messages": "position", "spans": "span_id", "evaluations": "name"}
_WHOLE = {"conversations": "conversation_id"}


def _remove_left_over(
    connection: psycopg.Connection, held: list[Held], rows: dict[str, list[Row]]
) -> None:
    if not held:
        return
    accounts = [account_id for account_id, _, _ in held]
    conversations = [conversation_id for _, conversation_id, _ in held]
    for relation, part in (_PARTS | _WHOLE).items():
        kept = rows[relation]
        connection.execute(
            sql.SQL(
                "delete from {relation} as old"
                " using unnest(%s::text[], %s::text[]) as held (account_id, conversation_id)"
                " where old.account_id = held.account_id"
                " and old.conversation_id = held.conversation_id"
                " and not exists (select from unnest(%s::text[], %s::text[], %s::text[])"
                " as kept (account_id, conversation_id, part)"
                " where kept.account_id = old.account_id"
                " and kept.conversation_id = old.conversation_id"
                " and kept.part = old.{part}::text)"
            ).format(relation=sql.Identifier(relation), part=sql.Identifier(part)),
            (
                accounts,
                conversations,
                [row["account_id"] for row in kept],
                [row["conversation_id"] for row in kept],
                [str(row[part]) for row in kept],
            ),
        )
    # An account that stood for a conversation until this load found out who the customer is.
    connection.execute(
        "delete from accounts where account_id = any(%s) and not exists"
        " (select from conversations where conversations.account_id = accounts.account_id)",
        (accounts,),
    )
