-- Grain: one row per plan that accounts have, and one for those without.
-- Parameters: none.
select
    plan,
    count(*) as rows_seen
from accounts
group by plan
