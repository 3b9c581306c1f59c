-- Grain: one row per account of which conversations were loaded since :loaded_since.
-- Meaning: what is kept of the account's resolved episodes is older than the facts, from `since` on: a
--     new episode is the next one of those that ended in the 7 days before.
-- Parameters: :loaded_since.
with loaded as (
    select
        account_id,
        started_at
    from conversations
    where loaded_at >= cast(:loaded_since as timestamptz)
)

select
    loaded.account_id,
    min(least(loaded.started_at, before.started_at)) as since
from loaded
left join conversations as before
    on
        before.account_id = loaded.account_id
        and coalesce(before.ended_at, 'infinity') > loaded.started_at - interval '7 days'
        and before.ended_at is not null
group by loaded.account_id
