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

newest as (
    select * from newest_conversation
    union all
    select * from newest_span
),

-- The silence since the newest event, and the same hours of four earlier weeks; of a silence of
-- more than a week, as many whole weeks earlier as it has lasted, or it would compare with itself.
silence as (
    select
        newest.source,
        newest.relation,
        newest.newest_event_at - week.earlier as since,
        cast(:as_of as timestamptz) - week.earlier as until
    from newest
    cross join lateral (
        select
            number * interval '7 days' * greatest(
                1,
                ceil(extract(
                    epoch from cast(:as_of as timestamptz) - newest.newest_event_at
                ) / 604800)
            ) as earlier
        from generate_series(1, 4) as number
    ) as week
    where newest.oldest_event_at <= newest.newest_event_at - interval '28 days'
),

usual as (
    select
        silence.source,
        silence.relation,
        count(conversations.conversation_id) / 4.0 as usual_events
    from silence
    left join conversations
        on
            conversations.source = silence.source
            and conversations.started_at > silence.since
            and conversations.started_at <= silence.until
    where silence.relation = 'conversations'
    group by silence.source, silence.relation
    union all
    select
        silence.source,
        silence.relation,
        count(spans.span_id) / 4.0 as usual_events
    from silence
    left join spans
        on
            spans.started_at > silence.since
            and spans.started_at <= silence.until
    where silence.relation = 'spans'
    group by silence.source, silence.relation
)

select
    newest.source,
    newest.relation,
    newest.newest_event_at,
    newest.newest_load_at,
    newest.oldest_event_at,
    usual.usual_events
from newest
left join usual
    on
        usual.source = newest.source
        and usual.relation = newest.relation
order by newest.relation, newest.source
