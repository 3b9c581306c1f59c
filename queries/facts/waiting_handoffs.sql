-- Grain: one row per instant and episode that waited for a human at that instant.
-- Meaning: a snapshot. The handoff was requested, no human had replied, the episode had not ended.
-- Parameters: :instants, an array of timestamptz; each is its own as_of.
select
    instant.at,
    conversations.account_id,
    conversations.conversation_id,
    conversations.source,
    conversations.channel,
    conversations.language,
    conversations.topic,
    conversations.agent_version,
    -- per dimension of conversations: {sql} as {column},
    conversations.handoff_reason,
    conversations.handoff_queue,
    conversations.handoff_at,
    conversations.times_placed,
    round(extract(epoch from instant.at - conversations.handoff_at)) as waited_s,
    -- per dimension of accounts: case
    --     when accounts.account_id is not null then {sql}
    -- end as {column},
    accounts.plan
from unnest(cast(:instants as timestamptz[])) as instant (at)
inner join conversations
    on
        -- The wait as a range, as the contract's index has it: [handoff, answer or end).
        conversations.handoff_at is not null
        and tstzrange(
            conversations.handoff_at,
            greatest(
                conversations.handoff_at,
                coalesce(
                    least(conversations.first_human_reply_at, conversations.ended_at), 'infinity'
                )
            )
        ) @> instant.at
        and conversations.started_at <= instant.at
        and not conversations.is_excluded
left join accounts on accounts.account_id = conversations.account_id
