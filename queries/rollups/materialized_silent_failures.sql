-- Grain: one row per silent failure that is kept, as facts/silent_failures.sql has it at :as_of.
-- Meaning: rows of :dirty accounts from :dirty_since on are left out, as in materialized_failures.sql.
-- Parameters: :since, :until (half-open, on occurred_at), :as_of, :dirty, :dirty_since.
select
    silent_failures.*, -- noqa: AM04
    -- per dimension of accounts: case
    --     when accounts.account_id is not null then {sql}
    -- end as {column},
    accounts.plan
from control_room.silent_failures
left join accounts on accounts.account_id = silent_failures.account_id
where
    silent_failures.occurred_at >= cast(:since as timestamptz)
    and silent_failures.occurred_at < cast(:until as timestamptz)
    and silent_failures.true_from <= cast(:as_of as timestamptz)
    and (
        silent_failures.true_until is null
        or silent_failures.true_until > cast(:as_of as timestamptz)
    )
    and not (
        silent_failures.occurred_at >= cast(:dirty_since as timestamptz)
        and silent_failures.account_id = any(cast(:dirty as text[]))
    )
