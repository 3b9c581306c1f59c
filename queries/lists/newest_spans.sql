-- Grain: one row, also where there are no spans.
-- Meaning: the same of the spans as lists/newest_conversations.sql has of a source of conversations.
-- Parameters: :as_of.
with newest as (
    select
        (
            select max(started_at)
            from spans
            where started_at <= cast(:as_of as timestamptz)
        ) as newest_event_at,
        (
            select max(loaded_at)
            from spans
            where loaded_at <= cast(:as_of as timestamptz)
        ) as newest_load_at,
        (select min(started_at) from spans) as oldest_event_at
),

silence as (
    select
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
    inner join spans
        on
            spans.started_at > silence.since
            and spans.started_at <= silence.until
)

select
    'traces' as source,
    'spans' as relation,
    newest.newest_event_at,
    newest.newest_load_at,
    newest.oldest_event_at,
    case
        when newest.oldest_event_at <= newest.newest_event_at - interval '28 days' then usual.events
    end as usual_events
from newest
cross join usual
