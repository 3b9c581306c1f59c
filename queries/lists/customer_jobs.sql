-- Grain: one row per background job of one account (a span without a parent, by system and name).
-- Meaning: how often it ran and went well in the window, and when; what failed stands elsewhere.
-- Parameters: :account, :since, :until (half-open, on the start), :as_of.
select
    system,
    name,
    count(*) as runs,
    count(*) filter (where error_type is null) as successes,
    array_agg(started_at order by started_at desc) filter (where error_type is null) as succeeded_at
from spans
where
    account_id = :account
    and origin = 'background'
    and parent_span_id is null
    and started_at >= cast(:since as timestamptz)
    and started_at < cast(:until as timestamptz)
    and started_at + coalesce(duration_ms, 0) * interval '1 millisecond'
    <= cast(:as_of as timestamptz)
group by system, name
order by system, name
limit 50
