-- Grain: one row per kind of value that leads nowhere and value; at most 20 values a kind.
-- Meaning: what the figures carry as unknown, or point at and do not find, among the rows of a window:
--     'topic'         episodes that no topic was given
--     'version'       an agent version that no change by the team names
--     'reason'        handoffs without a reason, or unclassified
--     'account'       conversations of an account that the catalogue lacks
--     'conversation'  calls of a conversation that the warehouse lacks
--     'article'       citations of an article that the catalogue lacks
-- Parameters: :since, :until (half-open, on the start), :as_of.
with conversation as (
    select *
    from conversations
    where
        not is_excluded
        and started_at >= cast(:since as timestamptz)
        and started_at < cast(:until as timestamptz)
        and started_at <= cast(:as_of as timestamptz)
),

version as (
    select
        agent_version,
        count(*) as rows_found
    from conversation
    where agent_version is not null
    group by agent_version
),

found (kind, value, rows_found) as (
    select 'topic', source, count(*)
    from conversation
    where topic is null
    group by source
    union all
    select 'version', version.agent_version, version.rows_found
    from version
    where
        not exists (
            select 1
            from changes
            where
                changes.changed_at <= cast(:as_of as timestamptz)
                and strpos(lower(changes.title), lower(version.agent_version)) > 0
        )
    union all
    select 'reason', coalesce(handoff_reason, '(none)'), count(*)
    from conversation
    where
        handoff_at <= cast(:as_of as timestamptz)
        and (handoff_reason is null or handoff_reason = 'unclassified')
    group by handoff_reason
    union all
    select 'account', conversation.source, count(*)
    from conversation
    left join accounts on accounts.account_id = conversation.account_id
    where accounts.account_id is null
    group by conversation.source
    union all
    select 'conversation', spans.system, count(*)
    from spans
    left join conversations
        on
            conversations.account_id = spans.account_id
            and conversations.conversation_id = spans.conversation_id
    where
        spans.started_at >= cast(:since as timestamptz)
        and spans.started_at < cast(:until as timestamptz)
        and spans.started_at <= cast(:as_of as timestamptz)
        and spans.conversation_id is not null
        and conversations.conversation_id is null
    group by spans.system
    union all
    select 'article', citations.article_id, count(*)
    from conversation
    inner join citations
        on
            citations.account_id = conversation.account_id
            and citations.conversation_id = conversation.conversation_id
    left join articles on articles.article_id = citations.article_id
    where articles.article_id is null
    group by citations.article_id
),

ranked as (
    select
        *,
        row_number() over (partition by kind order by rows_found desc, value) as place
    from found
)

select
    kind,
    value,
    rows_found
from ranked
where place <= 20
order by kind, place
