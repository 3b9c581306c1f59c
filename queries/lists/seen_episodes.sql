-- Grain: one row per combination of topic, channel, version, language, source and further dimensions
--     of conversations that episodes have.
-- Meaning: how many of the window have it; what is not known of them is null.
-- Parameters: :since, :until (half-open, on the start), :as_of.
select
    topic,
    channel,
    agent_version,
    language,
    source,
    -- per dimension of conversations: {sql} as {column},
    count(*) as rows_seen
from conversations
where
    not is_excluded
    and started_at >= cast(:since as timestamptz)
    and started_at < cast(:until as timestamptz)
    and started_at <= cast(:as_of as timestamptz)
group by
    -- per dimension of conversations: {column},
    topic,
    channel,
    agent_version,
    language,
    source
