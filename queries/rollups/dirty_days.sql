-- Grain: one row per rollup group and day (in :time_zone) that rows loaded since :loaded_since touch.
-- Meaning: the sums of these days are older than the facts.
-- Parameters: :loaded_since, :time_zone; :rollup_groups and the :facts they count, arrays of one length.
with loaded_conversation as (
    select
        account_id,
        conversation_id,
        started_at,
        handoff_at,
        case when rating is not null then coalesce(rated_at, ended_at, started_at) end as rating_at
    from conversations
    where loaded_at >= cast(:loaded_since as timestamptz)
),

loaded_span as (
    select
        account_id,
        conversation_id,
        name,
        started_at
    from spans
    where loaded_at >= cast(:loaded_since as timestamptz)
),

-- Rollup groups that count rows of the same fact by the same date are dirty by the same rows.
changed (fact, happened_at) as (
    select 'episodes', started_at from loaded_conversation
    union all
    select 'handoffs', handoff_at from loaded_conversation
    where handoff_at is not null
    union all
    select 'ratings', rating_at from loaded_conversation
    where rating_at is not null
    union all
    select 'spans', started_at from loaded_span
    union all
    -- A call takes its topic from its conversation, and leaves with it when that is excluded.
    select 'spans', spans.started_at
    from loaded_conversation
    inner join spans
        on
            spans.account_id = loaded_conversation.account_id
            and spans.conversation_id = loaded_conversation.conversation_id
    union all
    -- A success recovers an earlier failure of its conversation,
    select 'spans', failed.started_at
    from loaded_span
    inner join spans as failed
        on
            failed.account_id = loaded_span.account_id
            and failed.conversation_id = loaded_span.conversation_id
            and failed.started_at < loaded_span.started_at
            and failed.error_type is not null
    union all
    -- or of the account's background work on the day before.
    select 'spans', failed.started_at
    from loaded_span
    inner join spans as failed
        on
            failed.account_id = loaded_span.account_id
            and failed.started_at < loaded_span.started_at
            and failed.started_at > loaded_span.started_at - interval '24 hours'
            and failed.conversation_id is null
            and failed.error_type is not null
    where loaded_span.conversation_id is null
)

select distinct
    rollup_groups.key as rollup_group,
    date_trunc('day', changed.happened_at, :time_zone) as starts
from changed
inner join unnest(cast(:rollup_groups as text[]), cast(:facts as text[])) as rollup_groups (key, fact)
    on rollup_groups.fact = changed.fact
union
-- A new episode may end the silence after those of days that were not settled when it began.
select
    days.rollup_group,
    days.starts
from loaded_conversation
inner join control_room.rollup_days as days
    on
        days.rollup_group like 'durable%'
        -- Of a long history a few days, before each is compared with each conversation.
        and days.settled_at > (select min(loaded.started_at) from loaded_conversation as loaded)
        and days.starts <= loaded_conversation.started_at
        and days.settled_at > loaded_conversation.started_at
