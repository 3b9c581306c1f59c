"""One account with so much history that no page can show it all. As a command: what its pages cost.

`python -m tests.faults.large_account --episodes 250000` makes a million rows of one account and prints
how long each page takes, on a warehouse that it removes again.
"""

import argparse
import os
import shutil
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import psycopg
from streamlit.testing.v1 import AppTest

from dashboard.postgres.embedded import open_embedded
from dashboard.postgres.engines import dispose_engines, write_connection
from dashboard.postgres.migrations import migrate
from tests.conftest import at
from tests.pages.drawn import open_page

ACCOUNT = "whale"
AS_OF = at(12, days=90)

_ROWS = """
insert into accounts (account_id, name, plan, monthly_revenue)
values ('whale', 'Whale Holding', 'enterprise', 100000);

-- Every few minutes for 90 days; one in five asks for a human, half of those get one.
insert into conversations (
    account_id, conversation_id, source, channel, topic, started_at, ended_at, first_ai_reply_at,
    handoff_at, handoff_reason, first_human_reply_at, closing_signal, rating, rated_at,
    is_excluded, times_placed
)
select
    'whale', 'c' || n, 'helpdesk', case when n %% 3 = 0 then 'email' else 'chat' end, 'topic ' || n %% 12,
    begins, begins + interval '9 minutes', begins + interval '5 seconds',
    case when n %% 5 = 0 then begins + interval '3 minutes' end,
    case when n %% 5 = 0 then 'knowledge_gap' end,
    case when n %% 10 = 0 then begins + interval '8 minutes' end,
    case n %% 4 when 0 then 'confirmed' when 1 then 'silent' when 2 then 'negative' end,
    case when n %% 7 = 0 then 1 + n %% 5 end, case when n %% 7 = 0 then begins + interval '1 hour' end,
    false, false
from (
    select n, %(as_of)s::timestamptz - n * interval '90 days' / %(episodes)s as begins
    from generate_series(1, %(episodes)s) as n
) as made;

insert into messages (account_id, conversation_id, position, sent_at, author, body, is_internal)
select
    'whale', conversation_id, position, started_at + position * interval '5 seconds',
    case position when 0 then 'customer' else 'ai_agent' end,
    case position when 0 then 'Where is invoice ' else 'Here it is, ' end || conversation_id, false
from conversations cross join generate_series(0, 1) as position
where account_id = 'whale';

-- One call an episode; one in fifty fails.
insert into spans (
    account_id, span_id, trace_id, conversation_id, origin, operation, system, name, started_at,
    duration_ms, error_type, error_message
)
select
    'whale', 's' || conversation_id, 't' || conversation_id, conversation_id, 'agent', 'execute_tool',
    'billing-api', 'get_invoice', started_at + interval '2 seconds', 800,
    case when substr(conversation_id, 2)::integer %% 50 = 0 then 'timeout' end,
    case when substr(conversation_id, 2)::integer %% 50 = 0 then 'no answer in 800 ms' end
from conversations
where account_id = 'whale';
"""


def fill(episodes: int) -> None:
    """Give the account so many episodes, twice as many messages and as many calls."""
    with write_connection() as connection, psycopg.ClientCursor(connection) as cursor:
        cursor.execute(_ROWS, {"episodes": episodes, "as_of": AS_OF})
        connection.commit()
        connection.autocommit = True
        connection.execute("analyze")


def pages() -> dict[str, Callable[[], AppTest]]:
    """Its pages by name, each opened as of the end of its history."""
    asked = {"as_of": f"{AS_OF:%Y-%m-%dT%H:%M}", "account": ACCOUNT}
    quarter = {**asked, "window": "90d"}
    return {
        "the account, 7 days": lambda: open_page("account", **asked, window="7d"),
        "the account, 90 days": lambda: open_page("account", **quarter),
        "its conversations, 90 days": lambda: open_page("conversations", **quarter),
        "its conversations, searched": lambda: open_page("conversations", **quarter, q="invoice"),
        "one conversation": lambda: open_page("conversation", **asked, id="c1000"),
        "containment, 90 days": lambda: open_page("containment", **quarter),
        "API errors, 90 days": lambda: open_page("api_errors", **quarter),
        "the wall": lambda: open_page("control_room", as_of=asked["as_of"]),
    }


def main() -> int:
    """Fill a warehouse of its own and time every page, opened once before."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.large_account")
    parser.add_argument("--episodes", type=int, default=250_000)
    episodes = parser.parse_args().episodes
    home = Path("/tmp") / f"control-room-large-{os.getpid()}"
    os.environ["CONTROL_ROOM_HOME"] = str(home)
    os.environ.pop("WAREHOUSE_URL", None)
    dispose_engines()
    try:
        with write_connection() as connection:
            migrate(connection)
        started = time.monotonic()
        fill(episodes)
        print(f"{4 * episodes:,} rows filled in {timedelta(seconds=time.monotonic() - started)}")
        for name, opened in pages().items():
            opened()
            started = time.monotonic()
            page = opened()
            said = [warning.value for warning in page.warning]
            print(f"{name:<32} {time.monotonic() - started:6.1f} s  {said or ''}", flush=True)
    finally:
        dispose_engines()
        open_embedded(home).release()
        shutil.rmtree(home, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
