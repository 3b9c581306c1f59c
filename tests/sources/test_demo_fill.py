"""A filled demo keeps the contract, holds nothing of the future, and leaves other data alone."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest

from dashboard.errors import InvalidInput
from dashboard.postgres.contract import relations
from dashboard.postgres.engines import write_connection
from dashboard.sources.demo import World, anchor_for, fill, fill_if_empty
from dashboard.sources.demo.marker import held
from tests.conftest import Warehouse

UNTIL = datetime(2026, 3, 4, 14, 30, tzinfo=UTC)
WORLD = World(anchor_for(UNTIL), seed=11, accounts=100, episodes=1_500, days=5)


def quietly(stage: str, share: float) -> None:
    assert stage
    assert 0 <= share <= 1


def value(statement: str) -> Any:
    with write_connection() as connection:
        row = connection.execute(statement).fetchone()
    assert row
    return row[0]


def digests() -> dict[str, object]:
    return {
        name: value(
            f"select md5(string_agg(t::text, '|' order by {', '.join(relation.key)})) from {name} t"
        )
        for name, relation in relations().items()
    }


def indexes() -> list[tuple[str, ...]]:
    with write_connection() as connection:
        return connection.execute(
            "select indexdef from pg_indexes where schemaname = 'support' order by 1"
        ).fetchall()


@pytest.fixture(scope="module")
def filled(new_warehouse: Callable[[str], Warehouse]) -> None:
    new_warehouse("filled")
    before = indexes()
    assert fill(WORLD, UNTIL, quietly)
    assert indexes() == before


@pytest.mark.usefixtures("filled")
def test_the_sizes_are_those_asked_for() -> None:
    assert value("select count(*) from accounts") == 100
    assert value("select count(*) from conversations") == pytest.approx(1_500, rel=0.15)
    per_episode = value("select count(*) from messages") / value(
        "select count(*) from conversations"
    )
    assert 4.5 < per_episode < 7.5
    assert value("select filled_until from control_room.demo") == UNTIL


# Each counts rows that break a rule; none may.
BROKEN = {
    "a conversation of an unknown account": """
        select count(*) from conversations left join accounts using (account_id)
        where accounts.account_id is null""",
    "a handoff without reason or queue, or the reverse": """
        select count(*) from conversations
        where num_nulls(handoff_at, handoff_reason, handoff_queue) not in (0, 3)""",
    "an end before what came before it": """
        select count(*) from conversations
        where ended_at < greatest(started_at, first_ai_reply_at, handoff_at, first_human_reply_at)""",
    "anything before the start": """
        select count(*) from conversations
        where least(ended_at, first_ai_reply_at, handoff_at, first_human_reply_at, rated_at)
            < started_at""",
    "a human reply before the handoff": """
        select count(*) from conversations where first_human_reply_at < handoff_at""",
    "a rating without its time, or one of an open conversation": """
        select count(*) from conversations
        where (rating is null) <> (rated_at is null) or rated_at < ended_at
            or (rated_at is not null and ended_at is null)""",
    "a closing signal while open": """
        select count(*) from conversations where closing_signal is not null and ended_at is null""",
    "a comment without a rating": """
        select count(*) from conversations where rating_comment is not null and rating is null""",
    "messages out of order or with a gap in their positions": """
        select count(*) from (
            select position, sent_at,
                row_number() over w - 1 as expected, lag(sent_at) over w as before
            from messages
            window w as (partition by account_id, conversation_id order by position)
        ) as each where position <> expected or sent_at < before""",
    "a conversation without messages long after its start": f"""
        select count(*) from conversations left join messages using (account_id, conversation_id)
        where body is null and started_at < timestamptz '{UNTIL}' - interval '5 minutes'""",
    "an AI reply that no message is": """
        select count(*) from conversations as c where first_ai_reply_at is not null and not exists (
            select 1 from messages as m where m.account_id = c.account_id
                and m.conversation_id = c.conversation_id
                and m.author = 'ai_agent' and m.sent_at = c.first_ai_reply_at)""",
    "a human reply that no message is": """
        select count(*) from conversations as c
        where first_human_reply_at is not null and not exists (
            select 1 from messages as m where m.account_id = c.account_id
                and m.conversation_id = c.conversation_id
                and m.author = 'human_agent' and m.sent_at = c.first_human_reply_at)""",
    "a call that ends after what was said about it, or begins before the conversation": """
        select count(*) from spans join conversations using (account_id, conversation_id)
        where spans.started_at < conversations.started_at
            or spans.started_at + duration_ms * interval '1 ms'
                > coalesce(first_ai_reply_at, handoff_at)""",
    "a failure without status or message, or the reverse": """
        select count(*) from spans
        where (error_type is null) <> (error_message is null)
            or (error_type is null) <> (status_code = '200')""",
    "a span whose parent is not of its trace": """
        select count(*) from spans as child left join spans as parent
            on parent.account_id = child.account_id and parent.span_id = child.parent_span_id
                and parent.trace_id = child.trace_id
        where child.parent_span_id is not null and parent.span_id is null""",
    "a slot that was not filled": "select count(*) from messages where body ~ '[{][a-z_]+[}]'",
    "a citation of what is no answer of the AI": """
        select count(*) from citations left join messages using (account_id, conversation_id, position)
            left join articles using (article_id)
        where author is distinct from 'ai_agent' or title is null""",
    "a row known before it happened, or in the future": f"""
        select count(*) from (
            select started_at as happened, loaded_at from conversations
            union all select started_at, loaded_at from spans
        ) as each where loaded_at < happened or loaded_at > '{UNTIL}'""",
    "a moment in the future": f"""
        select count(*) from (
            select sent_at as moment from messages
            union all select evaluated_at from evaluations
            union all select changed_at from changes
            union all select updated_at from articles
            union all select rated_at from conversations
            union all select ended_at from conversations
        ) as each where moment > '{UNTIL}'""",
}


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize("rule", BROKEN)
def test_no_row_breaks_the_rule(rule: str) -> None:
    assert value(BROKEN[rule]) == 0


@pytest.mark.usefixtures("filled")
def test_conversations_that_run_at_the_last_instant_are_open() -> None:
    running = f"started_at > timestamptz '{UNTIL}' - interval '30 minutes'"
    assert value(f"select count(*) from conversations where ended_at is null and {running}") > 0


@pytest.mark.usefixtures("filled")
def test_the_same_seed_fills_the_same_rows_and_another_seed_others(
    new_warehouse: Callable[[str], Warehouse],
) -> None:
    first = digests()
    new_warehouse("again")
    fill(WORLD, UNTIL, quietly)
    assert digests() == first
    other = World(WORLD.anchor, seed=12, accounts=100, episodes=1_500, days=5)
    with pytest.raises(InvalidInput, match="demo of seed 11"):
        fill(other, UNTIL, quietly)
    assert fill(other, UNTIL, quietly, replace=True)
    second = digests()
    assert {name for name in first if first[name] == second[name]} == {"articles", "changes"}


def test_a_filled_warehouse_is_left_as_it_is(new_warehouse: Callable[[str], Warehouse]) -> None:
    new_warehouse("kept")
    assert fill(WORLD, UNTIL, quietly)
    before = digests()
    assert not fill(WORLD, datetime(2026, 3, 5, 9, tzinfo=UTC), quietly)
    assert not fill_if_empty(quietly)
    assert digests() == before


@pytest.mark.parametrize("replace", [False, True])
def test_other_data_is_never_emptied(
    new_warehouse: Callable[[str], Warehouse], replace: bool
) -> None:
    warehouse = new_warehouse("other")
    warehouse.run("insert into accounts values ('theirs', 'A real customer')")
    with pytest.raises(InvalidInput, match="not of the demo"):
        fill(WORLD, UNTIL, quietly, replace=replace)
    assert not fill_if_empty(quietly)
    assert value("select count(*) from accounts") == 1
    with write_connection() as connection:
        assert held(connection) is None


def test_what_was_loaded_beside_a_demo_is_not_emptied_with_it(
    new_warehouse: Callable[[str], Warehouse],
) -> None:
    warehouse = new_warehouse("beside")
    fill(WORLD, UNTIL, quietly)
    warehouse.run(
        "insert into conversations (account_id, conversation_id, source, channel, started_at)"
        " values ('theirs', '1', 'helpdesk', 'chat', now())"
    )
    with pytest.raises(InvalidInput, match="not of the demo"):
        fill(WORLD, UNTIL, quietly, replace=True)


def test_a_fill_that_breaks_off_leaves_nothing_and_can_be_done_again(
    new_warehouse: Callable[[str], Warehouse],
) -> None:
    new_warehouse("broken")

    def break_off(stage: str, share: float) -> None:
        if stage == "Building indexes":
            raise KeyboardInterrupt

    before = indexes()
    with pytest.raises(KeyboardInterrupt):
        fill(WORLD, UNTIL, break_off)
    assert value("select count(*) from conversations") == 0
    assert value("select filled_until is null from control_room.demo")
    assert indexes() == before
    assert fill(WORLD, UNTIL, quietly)


def test_two_fills_at_once_are_refused(new_warehouse: Callable[[str], Warehouse]) -> None:
    warehouse = new_warehouse("twice")

    def fill_again(stage: str, share: float) -> None:
        if stage == "Emptying":
            with pytest.raises(InvalidInput, match="Another process"):
                fill(WORLD, UNTIL, quietly)

    assert fill(WORLD, UNTIL, fill_again)
    with psycopg.connect(warehouse.url) as connection:
        assert connection.execute(
            "select count(*) from pg_locks where locktype='advisory'"
        ).fetchone() == (0,)
