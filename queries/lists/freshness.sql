-- Grain: one row per source of conversations, and one per origin of spans.
-- Meaning: when its newest event happened and when its newest row was loaded, as of :as_of.
-- Parameters: :as_of.
with recursive conversation_source (source) as (
    -- A walk along the index from one source to the next: the table is never read through.
    (select source from conversations order by source limit 1)
    union all
    select (
        select conversations.source
        from conversations
        where conversations.source > conversation_source.source
        order by conversations.source
        limit 1
    )
    from conversation_source
    where conversation_source.source is not null
)

select
    conversation_source.source,
    'conversations' as relation,
    (
        select max(conversations.started_at)
        from conversations
        where
            conversations.source = conversation_source.source
            and conversations.started_at <= cast(:as_of as timestamptz)
    ) as newest_event_at,
    (
        select max(conversations.loaded_at)
        from conversations
        where
            conversations.source = conversation_source.source
            and conversations.loaded_at <= cast(:as_of as timestamptz)
    ) as newest_load_at
from conversation_source
where conversation_source.source is not null
union all
select
    'traces' as source,
    'spans' as relation,
    (
        select max(spans.started_at)
        from spans
        where spans.started_at <= cast(:as_of as timestamptz)
    ) as newest_event_at,
    (
        select max(spans.loaded_at)
        from spans
        where spans.loaded_at <= cast(:as_of as timestamptz)
    ) as newest_load_at
