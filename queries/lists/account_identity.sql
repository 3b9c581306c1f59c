-- Grain: one row, whoever is asked about; an account that nobody knows has nulls in it.
-- Meaning: whose page it is. The catalogue of accounts has no history: name, plan and revenue are those
--     of today. Episodes and spans are seen as of the instant of asking.
-- Parameters: :account, :as_of.
select
    asked.account_id,
    accounts.account_id is not null as is_in_catalogue,
    accounts.name,
    accounts.plan,
    -- per dimension of accounts: case
    --     when accounts.account_id is not null then {sql}
    -- end as {column},
    accounts.monthly_revenue,
    accounts.created_at,
    newest.conversation_id as last_conversation_id,
    newest.started_at as last_episode_at,
    exists (
        select 1
        from conversations
        where
            conversations.account_id = asked.account_id
            and conversations.started_at <= cast(:as_of as timestamptz)
    )
    or exists (
        select 1
        from spans
        where
            spans.account_id = asked.account_id
            and spans.started_at <= cast(:as_of as timestamptz)
    ) as has_history
from (select cast(:account as text) as account_id) as asked
left join accounts on accounts.account_id = asked.account_id
left join lateral (
    select
        conversations.conversation_id,
        conversations.started_at
    from conversations
    where
        conversations.account_id = asked.account_id
        and conversations.started_at <= cast(:as_of as timestamptz)
        and not conversations.is_excluded
    order by conversations.started_at desc, conversations.conversation_id
    limit 1
) as newest on true
