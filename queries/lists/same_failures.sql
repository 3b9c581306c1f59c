-- Grain: one row per failure asked about, by its place in the arrays.
-- Meaning: how many other accounts had the same error of the same call within an hour of it.
-- Parameters: :systems, :names, :errors and :instants, arrays of equal length; :account, whose own
--     failures do not count; :as_of.
with asked as (
    select *
    from
        unnest(
            cast(:systems as text[]),
            cast(:names as text[]),
            cast(:errors as text[]),
            cast(:instants as timestamptz[])
        ) with ordinality as asked (system, name, error_type, failed_at, place)
),

counted as (
    select
        asked.place,
        count(distinct spans.account_id) as other_accounts
    from asked
    inner join spans
        on
            spans.error_type is not null
            and spans.error_type = asked.error_type
            and spans.system = asked.system
            and spans.name = asked.name
            and spans.origin <> 'customer'
            and spans.account_id <> :account
            and spans.started_at >= asked.failed_at - interval '1 hour'
            and spans.started_at < asked.failed_at + interval '1 hour'
            and spans.started_at + coalesce(spans.duration_ms, 0) * interval '1 millisecond'
            <= cast(:as_of as timestamptz)
    group by asked.place
)

select
    asked.place,
    coalesce(counted.other_accounts, 0) as other_accounts
from asked
left join counted on counted.place = asked.place
order by asked.place
