"""The statements of an upsert: from a table of this session alone into a relation of the contract.

Each returns how many rows are new and how many changed; of messages the conversations they are of, too.
"""

from collections.abc import Iterable

from psycopg import sql

from dashboard.postgres.contract import Relation


def update_statement(target: Relation, names: list[str], scratch: str) -> sql.Composed:
    """Of rows that are there, the given columns alone: an insert would ask for the required ones first."""
    others = [name for name in names if name not in target.key]
    if not others:
        return sql.SQL("select 0, 0").format()
    changes: list[sql.Composable] = [
        sql.SQL("{0} = incoming.{0}").format(sql.Identifier(name)) for name in others
    ]
    if _is_stamped(target):
        changes.append(sql.SQL("loaded_at = now()"))
    return _counted(
        target,
        sql.SQL(
            "update {target} as held set {changes}"
            " from (select distinct on ({key}) * from {scratch}) as incoming"
            " where {same} and ({held}) is distinct from ({given})"
            " returning false as is_new"
        ).format(
            target=sql.Identifier(target.name),
            changes=sql.SQL(", ").join(changes),
            key=column_list(target.key),
            scratch=sql.Identifier(scratch),
            same=same_key(target),
            held=column_list(others, "held"),
            given=column_list(others, "incoming"),
        ),
    )


def merge_statement(target: Relation, names: list[str], scratch: str) -> sql.Composed:
    """New rows put in, and those that are there changed where they differ."""
    others = [name for name in names if name not in target.key]
    # Where all of a row is its key, what is there cannot differ.
    resolution: sql.Composable = sql.SQL("do nothing")
    # Stamped on the way in: Citus lets no clock into the resolution of a conflict.
    now = {"loaded_at": sql.SQL("now()")} if _is_stamped(target) else {}
    if others:
        changes = [
            sql.SQL("{0} = excluded.{0}").format(sql.Identifier(name)) for name in [*others, *now]
        ]
        resolution = sql.SQL(
            "do update set {changes} where ({held}) is distinct from ({excluded})"
        ).format(
            changes=sql.SQL(", ").join(changes),
            held=column_list(others, "held"),
            excluded=column_list(others, "excluded"),
        )
    return _counted(
        target,
        sql.SQL(
            # A file may hold the same record twice; one statement cannot update a row twice.
            "insert into {target} as held ({names})"
            " select distinct on ({key}) {values} from {scratch}"
            " on conflict ({key}) {resolution}"
            " returning (xmax = 0) as is_new"
        ).format(
            target=sql.Identifier(target.name),
            names=column_list([*names, *now]),
            values=sql.SQL(", ").join([*map(sql.Identifier, names), *now.values()]),
            key=column_list(target.key),
            scratch=sql.Identifier(scratch),
            resolution=resolution,
        ),
    )


def _counted(target: Relation, writing: sql.Composed) -> sql.Composed:
    """The rows that `writing` returns as new, and as not; of messages their conversations, too."""
    is_transcript = target.name == "messages"
    return sql.SQL(
        "with written as ({writing}{conversation})"
        " select count(*) filter (where is_new), count(*) filter (where not is_new){conversations}"
        " from written"
    ).format(
        writing=writing,
        conversation=sql.SQL(", held.account_id, held.conversation_id" if is_transcript else ""),
        conversations=sql.SQL(
            ", array_agg(distinct array[account_id, conversation_id])" if is_transcript else ""
        ),
    )


def _is_stamped(target: Relation) -> bool:
    return "loaded_at" in target.column_names()


def same_key(target: Relation) -> sql.Composed:
    """That `held` and `incoming` are the same row."""
    return sql.SQL(" and ").join(
        sql.SQL("held.{0} = incoming.{0}").format(sql.Identifier(name)) for name in target.key
    )


def column_list(names: Iterable[str], of: str | None = None) -> sql.Composed:
    """Columns with commas between them, of the table called `of`."""
    return sql.SQL(", ").join(sql.Identifier(*([of] if of else []), name) for name in names)
