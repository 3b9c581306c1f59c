-- Grain: one row per change that people made in the window, the newest first, at most :most.
-- Parameters: :since, :until (half-open), :as_of, :most.
select
    change_id,
    changed_at,
    component,
    title,
    url
from changes
where
    changed_at >= cast(:since as timestamptz)
    and changed_at < cast(:until as timestamptz)
    and changed_at <= cast(:as_of as timestamptz)
order by changed_at desc, change_id
limit :most
