-- Grain: one row per source of conversations, and one for the spans.
-- Meaning: when its newest and its oldest event happened and when its newest row was loaded, as of
--     :as_of; and how many events the same hours usually bring (the mean of the four weeks before),
--     so that a quiet night is told from a broken feed. Null where there is no such history.
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
),

newest_conversation as (
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
        ) as newest_load_at,
        (
            select min(conversations.started_at)
            from conversations
            where conversations.source = conversation_source.source
        ) as oldest_event_at
    from conversation_source
    where conversation_source.source is not null
),

newest_span as (
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
        ) as newest_load_at,
        (select min(spans.started_at) from spans) as oldest_event_at
),

week as (
    select week * interval '7 days' as earlier
    from generate_series(1, 4) as week
)

select
    newest_conversation.source,
    newest_conversation.relation,
    newest_conversation.newest_event_at,
    newest_conversation.newest_load_at,
    newest_conversation.oldest_event_at,
    case when newest_conversation.oldest_event_at
        <= newest_conversation.newest_event_at - interval '28 days'
        then (
            select count(*) / 4.0
            from week
            inner join conversations
                on
                    conversations.source = newest_conversation.source
                    and conversations.started_at
                    > newest_conversation.newest_event_at - week.earlier
                    and conversations.started_at <= cast(:as_of as timestamptz) - week.earlier
        )
    end as usual_events
from newest_conversation
union all
select
    newest_span.source,
    newest_span.relation,
    newest_span.newest_event_at,
    newest_span.newest_load_at,
    newest_span.oldest_event_at,
    case when newest_span.oldest_event_at <= newest_span.newest_event_at - interval '28 days'
        then (
            select count(*) / 4.0
            from week
            inner join spans
                on
                    spans.started_at > newest_span.newest_event_at - week.earlier
                    and spans.started_at <= cast(:as_of as timestamptz) - week.earlier
        )
    end as usual_events
from newest_span
