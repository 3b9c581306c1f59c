-- Grain: one row per account asked for that the warehouse knows.
-- Parameters: :accounts, an array of account ids.
select account_id, name, plan
from accounts
where account_id = any(cast(:accounts as text[]))
