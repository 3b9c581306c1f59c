"""What a benchmark's history is like, and the one that a warehouse holds."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from psycopg import sql

from dashboard.errors import InvalidInput
from dashboard.postgres.engines import write_connection
from dashboard.query_files import query_text
from tests.benchmarks.query_files import BENCH_QUERIES

EPISODES_A_WEEK = 125_000
"""A million in eight weeks: more episodes are a longer history, not a busier company."""

_FEWEST_WEEKS = 8.0
_MOST_ACCOUNTS = 60_000
_EPISODES_AN_ACCOUNT = 16


@dataclass(frozen=True)
class History:
    """So many episodes of so many accounts in `weeks` weeks, the newest `transcripts` with messages."""

    episodes: int
    weeks: float
    accounts: int
    transcripts: int

    @classmethod
    def of(
        cls,
        episodes: int,
        weeks: float | None = None,
        accounts: int | None = None,
        transcripts: int = 1_000_000,
    ) -> "History":
        """The usual history of so many episodes; what is given is taken."""
        return cls(
            episodes,
            weeks or max(_FEWEST_WEEKS, episodes / EPISODES_A_WEEK),
            accounts or min(_MOST_ACCOUNTS, max(1, episodes // _EPISODES_AN_ACCOUNT)),
            min(transcripts, episodes),
        )


@dataclass(frozen=True)
class Filled:
    """A filled history: where it ends, which is the instant that every question is asked at, and
    what the fill wrote in how many seconds, indexes included."""

    history: History
    ends_at: datetime
    rows: int
    seconds: float

    @property
    def length(self) -> timedelta:
        return timedelta(weeks=self.history.weeks)


def held() -> Filled | None:
    """The history that the warehouse holds, None where it holds none of the benchmark's.

    Raises `WarehouseUnreachable`.
    """
    with write_connection() as connection:
        there = connection.execute("select to_regclass('control_room.bench')").fetchone()
        if there is None or there[0] is None:
            return None
        row = connection.execute(
            "select episodes, weeks, accounts, transcripts, ends_at, rows_filled, fill_seconds"
            " from control_room.bench"
        ).fetchone()
    return Filled(History(*row[:4]), *row[4:]) if row else None


def remember(filled: Filled) -> None:
    """Write down what was filled, for `held`."""
    kept = filled.history
    with write_connection() as connection:
        connection.execute(query_text(f"{BENCH_QUERIES}/marker.sql"))
        connection.execute(
            sql.SQL(
                "insert into control_room.bench (episodes, weeks, accounts, transcripts, ends_at,"
                " rows_filled, fill_seconds) values (%s, %s, %s, %s, %s, %s, %s)"
            ),
            (
                kept.episodes,
                kept.weeks,
                kept.accounts,
                kept.transcripts,
                filled.ends_at,
                filled.rows,
                filled.seconds,
            ),
        )


def same_or_refuse(found: Filled, wanted: History) -> Filled:
    """`found`, where it is the history that is wanted. Raises `InvalidInput`."""
    if found.history == wanted:
        return found
    kept = found.history
    raise InvalidInput(
        f"The warehouse holds a benchmark of {kept.episodes:,} episodes in {kept.weeks:g} weeks,"
        f" {kept.accounts:,} accounts, {kept.transcripts:,} transcripts.",
        "Ask for that one, or name another folder with --keep.",
    )
