-- Grain: one row per dimension and value seen in the last 90 days before :as_of.
-- Meaning: what the filter bar offers; a value that is not known is null.
-- Parameters: :as_of.
with recent as (
    select
        topic,
        channel,
        agent_version,
        language,
        source
    from conversations
    where
        started_at >= cast(:as_of as timestamptz) - interval '90 days'
        and started_at <= cast(:as_of as timestamptz)
        and not is_excluded
),

seen as (
    select
        topic,
        channel,
        agent_version,
        language,
        source,
        grouping(topic, channel, agent_version, language, source) as level,
        count(*) as episodes
    from recent
    group by grouping sets ((topic), (channel), (agent_version), (language), (source))
)

select
    case level
        when 15 then 'topic'
        when 23 then 'channel'
        when 27 then 'version'
        when 29 then 'language'
        else 'source'
    end as dimension,
    coalesce(topic, channel, agent_version, language, source) as value,
    episodes
from seen
union all
select
    'plan' as dimension,
    plan as value,
    count(*) as episodes
from accounts
group by plan
order by dimension, episodes desc, value
