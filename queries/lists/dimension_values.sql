-- Grain: one row per dimension and value seen in the last 90 days before :as_of.
-- Meaning: what the filter bar offers; a value that is not known is null.
-- Parameters: :as_of.
with combination as materialized (
    -- Counted once by all of them together: what follows adds up a few hundred rows.
    select
        topic,
        channel,
        agent_version,
        language,
        source,
        count(*) as episodes
    from conversations
    where
        started_at >= cast(:as_of as timestamptz) - interval '90 days'
        and started_at <= cast(:as_of as timestamptz)
        and not is_excluded
    group by topic, channel, agent_version, language, source
),

seen as (
    select
        named.dimension,
        named.value,
        cast(sum(combination.episodes) as bigint) as episodes
    from combination
    cross join lateral (
        values
        ('topic', combination.topic),
        ('channel', combination.channel),
        ('version', combination.agent_version),
        ('language', combination.language),
        ('source', combination.source)
    ) as named (dimension, value)
    group by named.dimension, named.value
)

select
    dimension,
    value,
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
