-- Grain: one row per kind of value that leads nowhere and value; at most 20 values a kind.
-- Meaning: what the figures carry as unknown, or point at and do not find, among the rows of a window:
--     'topic'         episodes that no topic was given
--     'version'       an agent version that no change by the team names
--     'reason'        handoffs without a reason, or unclassified
--     'account'       conversations of an account that the catalogue lacks
--     'conversation'  calls of a conversation that the warehouse lacks
--     'article'       citations of an article that the catalogue lacks
--     Calls and citations are looked up one by one, and so only those since :lately.
-- Parameters: :since, :until (half-open, on the start), :lately (within them), :as_of.
with version as (
    select
        conversations.source,
        conversations.agent_version,
        count(*) as episodes,
        count(*) filter (where conversations.topic is null) as without_topic,
        count(*) filter (
            where
            conversations.handoff_at <= cast(:as_of as timestamptz)
            and conversations.handoff_reason is null
        ) as without_reason,
        count(*) filter (
            where
            conversations.handoff_at <= cast(:as_of as timestamptz)
            and conversations.handoff_reason = 'unclassified'
        ) as unclassified,
        count(*) filter (where accounts.account_id is null) as without_account
    from conversations
    left join accounts on accounts.account_id = conversations.account_id
    where
        not conversations.is_excluded
        and conversations.started_at >= cast(:since as timestamptz)
        and conversations.started_at < cast(:until as timestamptz)
        and conversations.started_at <= cast(:as_of as timestamptz)
    group by conversations.source, conversations.agent_version
),

found (kind, value, rows_found) as (
    select 'topic', source, cast(sum(without_topic) as bigint)
    from version
    group by source
    union all
    select 'version', agent_version, cast(sum(episodes) as bigint)
    from version
    where
        agent_version is not null
        and not exists (
            select 1
            from changes
            where
                changes.changed_at <= cast(:as_of as timestamptz)
                and strpos(lower(changes.title), lower(version.agent_version)) > 0
        )
    group by agent_version
    union all
    select 'reason', '(none)', cast(sum(without_reason) as bigint)
    from version
    union all
    select 'reason', 'unclassified', cast(sum(unclassified) as bigint)
    from version
    union all
    select 'account', source, cast(sum(without_account) as bigint)
    from version
    group by source
    union all
    select 'conversation', spans.system, count(*)
    from spans
    -- Nearly all calls are of conversations that began lately, which are joined; of what is left,
    -- each is looked up by its key.
    left join conversations as recent
        on
            recent.account_id = spans.account_id
            and recent.conversation_id = spans.conversation_id
            and recent.started_at >= cast(:lately as timestamptz) - interval '1 day'
    where
        spans.conversation_id is not null
        and spans.started_at >= cast(:lately as timestamptz)
        and spans.started_at < cast(:until as timestamptz)
        and spans.started_at <= cast(:as_of as timestamptz)
        and case when recent.account_id is null then (
            select count(*)
            from conversations
            where
                conversations.account_id = spans.account_id
                and conversations.conversation_id = spans.conversation_id
        ) = 0 else false end
    group by spans.system
    union all
    select 'article', citations.article_id, count(*)
    from conversations
    inner join citations
        on
            citations.account_id = conversations.account_id
            and citations.conversation_id = conversations.conversation_id
    left join articles on articles.article_id = citations.article_id
    where
        not conversations.is_excluded
        and conversations.started_at >= cast(:lately as timestamptz)
        and conversations.started_at < cast(:until as timestamptz)
        and conversations.started_at <= cast(:as_of as timestamptz)
        and articles.article_id is null
    group by citations.article_id
),

ranked as (
    select
        *,
        row_number() over (partition by kind order by rows_found desc, value) as place
    from found
    where rows_found > 0
)

select
    kind,
    value,
    rows_found
from ranked
where place <= 20
order by kind, place
