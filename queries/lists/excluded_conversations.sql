-- Grain: one row per conversation that is left out of every figure: test, spam or outbound.
-- Meaning: the columns of facts/episodes.sql that a list shows. Nobody judges such a conversation,
--     so its outcome is 'excluded' and what an outcome rests on is null.
-- Parameters: :since, :until (half-open, on the start), :as_of, :dated_by ('start', or 'any' for
--     no window).
select
    account_id,
    conversation_id,
    source,
    channel,
    language,
    topic,
    subject,
    contact_name,
    agent_version,
    -- per dimension of conversations: {sql} as {column},
    times_placed,
    started_at,
    case when ended_at <= cast(:as_of as timestamptz) then ended_at end as ended_at,
    cast(null as text) as closing_signal,
    cast(null as timestamptz) as first_ai_reply_at,
    cast(null as timestamptz) as handoff_at,
    cast(null as text) as handoff_reason,
    cast(null as text) as handoff_queue,
    cast(null as timestamptz) as first_human_reply_at,
    cast(null as smallint) as rating,
    cast(null as timestamptz) as rated_at,
    cast(null as text) as rating_comment,
    cast(null as text) as stars,
    'excluded' as outcome,
    cast(null as text) as handled_by,
    cast(:as_of as timestamptz) as known_until,
    cast(null as numeric) as answered_after_s,
    cast(null as numeric) as waited_s,
    cast(null as timestamptz) as next_episode_at,
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
    and started_at <= cast(:as_of as timestamptz)
    and (
        :dated_by = 'any'
        or (
            started_at >= cast(:since as timestamptz)
            and started_at < cast(:until as timestamptz)
        )
    )
