"""What an error group is: the group of a fingerprint, and which failures belong to it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, column, func, select

from dashboard.postgres.read import fetch
from dashboard.reports.api_errors.groups_seen import ever
from dashboard.rollups.materialized import FAILURES, Rows, compute_rows
from dashboard.rollups.materialized_rows import materialized_rows
from dashboard.scope import Scope


@dataclass(frozen=True)
class Identity:
    """What makes the group, and when it was seen in the whole history by the instant of asking."""

    fingerprint: str
    system: str
    name: str
    error_type: str
    message: str | None
    is_background: bool
    spans: int
    first_seen: datetime
    last_seen: datetime


def identity(fingerprint: str, scope: Scope) -> Identity | None:
    """The group of that fingerprint; None where no failure known by `as_of` has it."""
    rows = fetch(identity_statement(fingerprint, scope, materialized_rows))
    if not rows:
        return None
    return Identity(
        fingerprint,
        *(
            rows[0][name]
            for name in (
                "system",
                "name",
                "error_type",
                "message_shape",
                "is_background",
                "spans",
                "first_seen",
                "last_seen",
            )
        ),
    )


def identity_statement(fingerprint: str, scope: Scope, rows: Rows = compute_rows) -> Select:
    """What `identity` asks."""
    named: list[ColumnElement] = [
        column(name) for name in ("system", "name", "error_type", "message_shape")
    ]
    return (
        select(
            *named,
            func.bool_and(column("origin") == "background").label("is_background"),
            func.count().label("spans"),
            func.min(column("started_at")).label("first_seen"),
            func.max(column("started_at")).label("last_seen"),
        )
        .select_from(rows(FAILURES, ever(scope)))
        .where(column("fingerprint") == fingerprint)
        .group_by(*named)
    )


def of_group(group: Identity) -> list[ColumnElement[bool]]:
    """The group's own among failures.

    The fingerprint alone would do; with the rest, only messages of the same call are masked.
    """
    parts = ("system", "name", "error_type", "fingerprint")
    return [column(name) == getattr(group, name) for name in parts]
