-- Grain: one row per day (UTC) and topic.
-- Meaning: resolved episodes that ended 72 hours before the end of the history, and those of them after
--     which the account came back within 72 hours; written by hand.
-- Parameters: :since, :until (half-open, on the start), :as_of (the end of the history).
with resolved as (
    select
        account_id,
        conversation_id,
        started_at,
        ended_at,
        topic
    from conversations
    where
        started_at >= cast(:since as timestamptz)
        and started_at < cast(:until as timestamptz)
        and not is_excluded
        and handoff_at is null
        and first_human_reply_at is null
        and first_ai_reply_at is not null
        and closing_signal in ('confirmed', 'silent')
        and ended_at <= cast(:as_of as timestamptz) - interval '72 hours'
)

select
    date_trunc('day', started_at) as day,
    topic,
    count(*) as resolved,
    count(*) filter (where exists (
        select 1
        from conversations as later
        where
            later.account_id = resolved.account_id
            and later.started_at >= resolved.ended_at
            and later.started_at < resolved.ended_at + interval '72 hours'
            and later.conversation_id <> resolved.conversation_id
            and not later.is_excluded
    )) as came_back
from resolved
group by 1, 2
