-- Grain: one row per combination of plan and further dimensions of accounts that accounts have.
-- Meaning: how many accounts have it; what is not known of them is null.
-- Parameters: none.
select
    plan,
    -- per dimension of accounts: {sql} as {column},
    count(*) as rows_seen
from accounts
group by
    -- per dimension of accounts: {column},
    plan
