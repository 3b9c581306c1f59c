-- Remembers the plan of every account, for moved_plans.sql to compare with.
-- Parameters: none.
insert into control_room.account_plans as held (account_id, plan)
select
    account_id,
    plan
from accounts
on conflict (account_id) do update set plan = excluded.plan
where held.plan is distinct from excluded.plan
