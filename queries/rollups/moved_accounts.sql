-- Grain: one row per rollup group and day (in :time_zone) with episodes of an account whose plan, or
--     another dimension of accounts, is another one than when the sums were taken.
-- Parameters: :time_zone; the :rollup_groups that are split by these and the :facts they count, arrays of one
--     length.
with moved as (
    select accounts.account_id
    from accounts
    left join control_room.account_dimensions as before on before.account_id = accounts.account_id
    where
        before.dimensions is distinct from jsonb_build_array(
            -- per dimension of accounts: {sql},
            accounts.plan
        )
),

dated (fact, happened_at) as (
    select 'episodes', conversations.started_at
    from moved
    inner join conversations on conversations.account_id = moved.account_id
    union all
    select 'handoffs', conversations.handoff_at
    from moved
    inner join conversations on conversations.account_id = moved.account_id
    where conversations.handoff_at is not null
    union all
    select 'ratings', coalesce(conversations.rated_at, conversations.ended_at, conversations.started_at)
    from moved
    inner join conversations on conversations.account_id = moved.account_id
    where conversations.rating is not null
    union all
    select 'spans', spans.started_at
    from moved
    inner join spans on spans.account_id = moved.account_id
)

select distinct
    rollup_groups.key as rollup_group,
    date_trunc('day', dated.happened_at, :time_zone) as starts
from dated
inner join unnest(cast(:rollup_groups as text[]), cast(:facts as text[])) as rollup_groups (key, fact)
    on rollup_groups.fact = dated.fact
