"""What is built into the demo can be found in it, with nothing but SQL."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from dashboard.postgres.engines import write_connection
from dashboard.sources.demo import World, anchor_for, fill

UNTIL = datetime(2026, 3, 4, 21, 0, tzinfo=UTC)
WORLD = World(anchor_for(UNTIL), seed=11, accounts=600, episodes=36_000, days=45)


@pytest.fixture(scope="module", autouse=True)
def filled(new_warehouse: Callable[[str], object]) -> None:
    new_warehouse("story")
    fill(WORLD, UNTIL, lambda stage, share: None)


def row(statement: str) -> tuple:
    with write_connection() as connection:
        found = connection.execute(statement).fetchone()
    assert found
    return found


NIGHTS = """
    select started_at::date as night, count(*) as failures, count(distinct account_id) as accounts
    from spans
    where name = 'nightly_sync' and origin = 'background' and error_type is not null
    group by night having count(*) >= 6
"""
# Failed jobs of those nights, the AI's reassurance in the morning, and the escalation after it.
STORY = f"""
    from ({NIGHTS}) as nights
    join spans as job on job.started_at::date = night and job.name = 'nightly_sync'
        and job.error_type is not null
    join conversations as morning on morning.account_id = job.account_id
        and morning.started_at between job.started_at and night + interval '11 hours'
    join conversations as later on later.account_id = job.account_id
        and later.started_at between morning.ended_at and night + interval '17 hours'
    where morning.topic = 'billing' and morning.handoff_at is null
        and morning.first_human_reply_at is null and morning.closing_signal = 'silent'
        and later.topic = 'billing' and later.handoff_reason = 'customer_request'
        and later.first_human_reply_at is not null
"""


def test_the_night_run_fails_silently_on_the_days_named() -> None:
    nights = row(f"select array_agg(night::text order by night) from ({NIGHTS}) as nights")[0]
    assert nights == ["2026-01-22", "2026-02-05", "2026-02-19", "2026-02-26", "2026-03-04"]


def test_a_failed_night_run_is_never_made_good() -> None:
    again = row("""
        select count(*) from spans as failed join spans as later using (account_id, name, request)
        where failed.name = 'nightly_sync' and failed.error_type is not null
            and later.error_type is null and later.started_at > failed.started_at
    """)[0]
    failed = row(
        "select count(*) from spans where name = 'nightly_sync' and error_type is not null"
    )[0]
    assert 0 < again < failed / 2


def test_each_such_night_has_customers_who_were_reassured_and_then_escalated() -> None:
    with write_connection() as connection:
        found = dict(
            connection.execute(
                f"select night::text, count(distinct job.account_id) {STORY} group by night"
            ).fetchall()
        )
    assert len(found) == 5
    assert min(found.values()) >= 1


def test_nothing_in_the_first_conversation_touches_the_failure() -> None:
    own = "where each.account_id = morning.account_id and each.conversation_id = morning.conversation_id"
    stories, calls, words, settings_read = row(f"""
        select
            count(*),
            count(*) filter (where exists (select 1 from spans as each {own}
                and (each.system = job.system or each.error_type is not null))),
            count(*) filter (where exists (select 1 from messages as each {own}
                and each.body ilike '%sync%')),
            count(*) filter (where exists (select 1 from spans as each {own}
                and each.system = 'settings-service'))
        {STORY}
            and exists (select 1 from messages as said where said.account_id = later.account_id
                and said.conversation_id = later.conversation_id and said.body like '%03:10%')
            and morning.subject in ('Why is our invoice total wrong?', 'Open balances wrong this morning')
    """)
    assert (calls, words) == (0, 0)
    assert settings_read == stories > 0


CONTAINED = "avg((handoff_at is null)::int::float)"


def test_the_new_version_helps_billing_and_hurts_integrations_and_imports() -> None:
    def change(topic: str) -> float:
        before, after = row(f"""
            select {CONTAINED} filter (where agent_version = 'ada-2.3'),
                {CONTAINED} filter (where agent_version = 'ada-2.4')
            from conversations where topic = '{topic}' and agent_version is not null
        """)
        return after - before

    assert change("billing") > 0.04
    assert change("integrations") < -0.05
    assert change("data_import") < -0.04
    assert abs(change("scheduling")) < 0.04


def test_the_new_version_is_refused_by_the_integrations_far_more_often() -> None:
    before, after = row("""
        select avg((coalesce(error_type, '') = 'validation_error')::int::float)
                filter (where agent_version = 'ada-2.3'),
            avg((coalesce(error_type, '') = 'validation_error')::int::float)
                filter (where agent_version = 'ada-2.4')
        from spans join conversations using (account_id, conversation_id)
        where system = 'integrations-api'
    """)
    assert before is not None
    assert after > 0.08 > 4 * before


def test_yesterdays_outage_of_the_payment_gateway_shows_in_calls_and_containment() -> None:
    window = "between timestamptz '2026-03-03 10:36Z' and timestamptz '2026-03-03 14:24Z'"
    failing, usually = row(f"""
        select avg((error_type is not null)::int::float) filter (where started_at {window}),
            avg((error_type is not null)::int::float)
                filter (where started_at < timestamptz '2026-03-03 10:00Z')
        from spans where system = 'payments-gateway'
    """)
    assert failing > 0.3
    assert usually < 0.1
    contained, before = row(f"""
        select {CONTAINED} filter (where started_at {window}),
            {CONTAINED} filter (where started_at < timestamptz '2026-02-10')
        from conversations where topic = 'payments' and agent_version is not null
    """)
    assert contained < before - 0.08


def test_the_outdated_article_costs_the_reminders_since_the_product_changed() -> None:
    changed = row("select changed_at from changes where title like 'Reminders moved%'")[0]
    edited = row("select updated_at from articles where article_id = 'set-up-reminders'")[0]
    assert edited < changed
    before, after, angry_before, angry_after = row(f"""
        select {CONTAINED} filter (where started_at < '{changed}'),
            {CONTAINED} filter (where started_at >= '{changed}'),
            avg((closing_signal = 'negative')::int::float) filter (where started_at < '{changed}'),
            avg((closing_signal = 'negative')::int::float) filter (where started_at >= '{changed}')
        from conversations where topic = 'reminders' and agent_version is not null
    """)
    assert after < before - 0.04
    assert angry_after > angry_before


def test_the_everyday_figures_are_plausible() -> None:
    contained, answered_late, recovered, rated = row("""
        select
            (select avg((handoff_at is null)::int::float) from conversations
                where first_ai_reply_at is not null or handoff_at is not null),
            (select avg((first_human_reply_at is null)::int::float) from conversations
                where handoff_at < timestamptz '2026-03-01'),
            (select avg((exists (
                    select 1 from spans as again where again.account_id = spans.account_id
                        and again.conversation_id = spans.conversation_id
                        and again.name = spans.name and again.request = spans.request
                        and again.error_type is null and again.started_at > spans.started_at
                ))::int::float) from spans
                where operation = 'execute_tool' and error_type is not null),
            (select avg((rating is not null)::int::float) from conversations
                where ended_at < timestamptz '2026-03-01' and not is_excluded)
    """)
    assert 0.68 < contained < 0.78
    assert 0.01 < answered_late < 0.05
    assert 0.25 < recovered < 0.6
    assert 0.15 < rated < 0.22
