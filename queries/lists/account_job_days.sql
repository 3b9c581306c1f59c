-- Grain: one row per background job of one account (a span without a parent, by system and name) and
--     day in the reporting time zone, the newest day first, at most :most.
-- Meaning: how often it ran that day, how often it went well, and when it last did.
-- Parameters: :account, :since, :until (half-open, on the start), :as_of, :zone, :most.
select
    system,
    name,
    cast(timezone(:zone, started_at) as date) as day,
    count(*) as runs,
    count(*) filter (where error_type is null) as successes,
    max(started_at) filter (where error_type is null) as succeeded_at
from spans
where
    account_id = :account
    and origin = 'background'
    and parent_span_id is null
    and started_at >= cast(:since as timestamptz)
    and started_at < cast(:until as timestamptz)
    and started_at + coalesce(duration_ms, 0) * interval '1 millisecond'
    <= cast(:as_of as timestamptz)
group by system, name, day
order by day desc, system, name
limit :most
