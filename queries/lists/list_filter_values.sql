-- Grain: one row per dimension and value that only a list can be filtered by.
-- Meaning: what the list's filters offer: systems of the last week, error types and handoff queues of
--     the last four.
-- Parameters: :as_of.
select
    'system' as dimension,
    system as value,
    count(*) as rows
from spans
where
    started_at >= cast(:as_of as timestamptz) - interval '7 days'
    and started_at <= cast(:as_of as timestamptz)
    and origin <> 'customer'
group by system
union all
select
    'error_type' as dimension,
    error_type as value,
    count(*) as rows
from spans
where
    started_at >= cast(:as_of as timestamptz) - interval '28 days'
    and started_at <= cast(:as_of as timestamptz)
    and error_type is not null
    and origin <> 'customer'
group by error_type
union all
select
    'queue' as dimension,
    handoff_queue as value,
    count(*) as rows
from conversations
where
    handoff_at >= cast(:as_of as timestamptz) - interval '28 days'
    and handoff_at <= cast(:as_of as timestamptz)
    and not is_excluded
group by handoff_queue
order by dimension, rows desc, value
