"""One entry of the list of dimensions, and what keeps one from working."""

import re
from dataclasses import dataclass
from functools import cache, cached_property

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from dashboard.errors import DimensionInvalid

OF_CONVERSATIONS, OF_ACCOUNTS = "conversations", "accounts"

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
