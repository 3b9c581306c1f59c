-- Grain: one row per queue that handoffs went to, and one for those without.
-- Meaning: how many handoffs of the window went there.
-- Parameters: :since, :until (half-open, on the handoff), :as_of.
select
    handoff_queue,
    count(*) as rows_seen
from conversations
where
    not is_excluded
    and handoff_at >= cast(:since as timestamptz)
    and handoff_at < cast(:until as timestamptz)
    and handoff_at <= cast(:as_of as timestamptz)
group by handoff_queue
