-- Grain: one row per episode that is resolved at :as_of, as facts/episodes.sql has it then.
-- Meaning: rows of :dirty accounts from :dirty_since on are left out: conversations of theirs were
--     loaded since these were kept.
-- Parameters: :since, :until (half-open, on the start), :as_of, :dirty, :dirty_since.
select
    resolved.account_id,
    resolved.conversation_id,
    resolved.source,
    resolved.channel,
    resolved.language,
    resolved.topic,
    resolved.agent_version,
    -- per dimension of conversations: resolved.{column},
    resolved.started_at,
    resolved.ended_at,
    case when resolved.next_episode_at <= cast(:as_of as timestamptz) then resolved.next_episode_at end
        as next_episode_at,
    case resolved.closing_signal when 'confirmed' then 'confirmed' else 'assumed' end as outcome,
    true as is_resolved,
    cast(:as_of as timestamptz) as known_until,
    -- per dimension of accounts: (
    --     select {sql} from accounts where accounts.account_id = resolved.account_id
    -- ) as {column},
    (
        select accounts.plan
        from accounts
        where accounts.account_id = resolved.account_id
    ) as plan
from control_room.resolved
where
    resolved.started_at >= cast(:since as timestamptz)
    and resolved.started_at < cast(:until as timestamptz)
    and resolved.started_at <= cast(:as_of as timestamptz)
    and resolved.ended_at <= cast(:as_of as timestamptz)
    and resolved.first_ai_reply_at <= cast(:as_of as timestamptz)
    and (resolved.handoff_at is null or resolved.handoff_at > cast(:as_of as timestamptz))
    and (
        resolved.first_human_reply_at is null
        or resolved.first_human_reply_at > cast(:as_of as timestamptz)
    )
    and not (
        resolved.started_at >= cast(:dirty_since as timestamptz)
        and resolved.account_id = any(cast(:dirty as text[]))
    )
