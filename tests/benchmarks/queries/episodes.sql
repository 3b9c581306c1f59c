-- Grain: one row per episode, into the scratch table of `prepare.sql`.
-- Meaning: the episodes of these numbers, in order of time; the last starts where the history ends.
--     Within a week they follow the working day. Some accounts ask far more often than others.
-- Parameters: :first, :last (numbers, both included), :episodes (in all), :weeks, :accounts,
--     :ends_at (the end of the history).
insert into bench_episode
with hour_of_week as (
    -- The 168 hours before the end; every earlier week repeats them. The end counts as Wednesday,
    -- 15:00, whatever the clock says: a benchmark run at night measures the same busy hours.
    select
        place,
        (array[
            15, 10, 8, 8, 10, 18, 35, 60, 90, 100, 98, 92, 80, 86, 95, 92, 84, 72, 58, 48, 42, 36,
            28, 20
        ])[1 + (place + 63) % 24]
        * case when (place + 63) % 168 >= 120 then 0.4 else 1.0 end as weight
    from generate_series(0, 167) as place
),

share_of_week as (
    select
        place,
        cast(weight / sum(weight) over () as double precision) as share,
        cast(
            (sum(weight) over (order by place) - weight) / sum(weight) over () as double precision
        ) as edge
    from hour_of_week
),

rhythm as (
    select
        array_agg(edge order by place) as edges,
        array_agg(share order by place) as shares
    from share_of_week
),

-- Weeks before the end, a negative number: its whole part is the week, the rest the place in it.
placed as (
    select
        number,
        cast(:weeks as double precision)
        * ((number - 1 + pg_temp.draw(number, 0)) / cast(:episodes as double precision) - 1)
            as weeks_from_end
    from generate_series(cast(:first as bigint), cast(:last as bigint)) as number
),

started as (
    select
        placed.number,
        placed.weeks_from_end,
        cast(:ends_at as timestamptz)
        + floor(placed.weeks_from_end) * interval '7 days'
        + (
            hour.place - 1
            + (within.share - rhythm.edges[hour.place]) / rhythm.shares[hour.place]
        ) * interval '1 hour' as started_at,
        1 + floor(12 * power(pg_temp.draw(placed.number, 1), 1.7)) as topic_place
    from placed
    cross join rhythm
    cross join lateral (
        select placed.weeks_from_end - floor(placed.weeks_from_end) as share
    ) as within
    cross join lateral (select width_bucket(within.share, rhythm.edges) as place) as hour
),

described as (
    select
        started.*,
        (array['chat', 'email', 'in_app', 'voice'])[width_bucket(
            pg_temp.draw(number, 2), array[0, 0.55, 0.8, 0.92]
        )] as channel,
        -- Each build replaces the one before within a few days.
        (array['v1.8', 'v1.9', 'v2.0', 'v2.1'])[width_bucket(
            weeks_from_end + 0.6 * pg_temp.draw(number, 3), array[-100000, -6, -3, -1]
        )] as agent_version,
        case when pg_temp.draw(number, 4) >= 0.05
            then started_at + (2 + 38 * power(pg_temp.draw(number, 5), 2)) * interval '1 second'
        end as first_ai_reply_at
    from started
),

handed_off as (
    select
        described.*,
        case
            when
                pg_temp.draw(number, 6)
                < case
                    when first_ai_reply_at is null then 0.4
                    else 0.13 + 0.025 * topic_place
                        + case agent_version when 'v2.0' then 0.03 when 'v2.1' then -0.02 else 0 end
                end
                then coalesce(first_ai_reply_at, started_at)
                    + (60 + 540 * pg_temp.draw(number, 7)) * interval '1 second'
        end as handoff_at
    from described
),

answered as (
    select
        handed_off.*,
        -- Waits are exponential, a quarter of an hour on average; one in twelve is never answered.
        case
            when handoff_at is not null and pg_temp.draw(number, 8) >= 0.08
                then handoff_at + (30 - 870 * ln(1 - pg_temp.draw(number, 9))) * interval '1 second'
        end as first_human_reply_at
    from handed_off
)

select
    number,
    'acct-' || lpad(
        cast(floor(cast(:accounts as integer) * power(pg_temp.draw(number, 10), 1.5)) as text), 6, '0'
    ) as account_id,
    'conv-' || lpad(cast(number as text), 9, '0') as conversation_id,
    topic_place,
    channel,
    (array['en', 'de', 'fr', 'es', null])[width_bucket(
        pg_temp.draw(number, 11), array[0, 0.6, 0.8, 0.92, 0.99]
    )] as language,
    agent_version,
    started_at,
    first_ai_reply_at,
    handoff_at,
    first_human_reply_at,
    case when pg_temp.draw(number, 12) >= 0.002 then coalesce(
        first_human_reply_at + (300 + 3000 * pg_temp.draw(number, 13)) * interval '1 second',
        handoff_at + interval '6 hours',
        first_ai_reply_at + (180 + 1020 * pg_temp.draw(number, 13)) * interval '1 second',
        started_at + interval '1 hour'
    ) end as ended_at
from answered
