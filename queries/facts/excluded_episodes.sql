-- Grain: one row per conversation that is left out of every figure: test, spam or outbound.
-- Meaning: shown beside the episodes, so that nothing disappears in silence.
-- Parameters: :since, :until (half-open, on the start), :as_of.
select
    account_id,
    conversation_id,
    source,
    channel,
    language,
    topic,
    agent_version,
    -- per dimension of conversations: {sql} as {column},
    started_at,
    -- per dimension of accounts: (
    --     select {sql} from accounts where accounts.account_id = conversations.account_id
    -- ) as {column},
    (
        select accounts.plan
        from accounts
        where accounts.account_id = conversations.account_id
    ) as plan
from conversations
where
    is_excluded
    and started_at >= cast(:since as timestamptz)
    and started_at < cast(:until as timestamptz)
    and started_at <= cast(:as_of as timestamptz)
