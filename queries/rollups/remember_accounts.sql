-- Remembers the dimensions of every account, for moved_accounts.sql to compare with.
-- Parameters: none.
insert into control_room.account_dimensions as held (account_id, dimensions)
select
    account_id,
    jsonb_build_array(
        -- per dimension of accounts: {sql},
        plan
    ) as dimensions
from accounts
on conflict (account_id) do update set dimensions = excluded.dimensions
where held.dimensions is distinct from excluded.dimensions
