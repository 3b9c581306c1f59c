-- Grain: one row for the next source of conversations after :after, in order of name; none after the
--     last. One source at a time: a walk along the index never reads the table through, and as a
--     recursive query Citus would refuse it.
-- Meaning: when its newest and its oldest event happened and when its newest row was loaded, as of
--     :as_of; and how many events the same hours usually bring (the mean of the four weeks before),
--     so that a quiet night is told from a broken feed. Null where there is no such history.
-- Parameters: :after (a source, null for the first), :as_of.
with next_source as (
    select min(source) as source
    from conversations
    where
        cast(:after as text) is null
        or source > cast(:after as text)
),

newest as (
    select
        next_source.source,
        (
            select max(started_at)
            from conversations
            where
                source = (select next_source.source from next_source)
                and started_at <= cast(:as_of as timestamptz)
        ) as newest_event_at,
        (
            select max(loaded_at)
            from conversations
            where
                source = (select next_source.source from next_source)
                and loaded_at <= cast(:as_of as timestamptz)
        ) as newest_load_at,
        (
            select min(started_at)
            from conversations
            where source = (select next_source.source from next_source)
        ) as oldest_event_at
    from next_source
    where next_source.source is not null
),

-- The silence since the newest event, and the same hours of four earlier weeks; of a silence of
-- more than a week, as many whole weeks earlier as it has lasted, or it would compare with itself.
silence as (
    select
        newest.source,
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
    select count(*) / 4.0 as events
    from silence
    inner join conversations
        on
            conversations.source = silence.source
            and conversations.started_at > silence.since
            and conversations.started_at <= silence.until
)

select
    newest.source,
    'conversations' as relation,
    newest.newest_event_at,
    newest.newest_load_at,
    newest.oldest_event_at,
    case
        when newest.oldest_event_at <= newest.newest_event_at - interval '28 days' then usual.events
    end as usual_events
from newest
cross join usual
