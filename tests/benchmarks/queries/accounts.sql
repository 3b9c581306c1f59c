-- Grain: one row per account.
-- Meaning: the customers of the benchmark's company, on three plans. All of them were there before the
--     history begins.
-- Parameters: :accounts (how many), :ends_at (the end of the history), :weeks (its length).
insert into accounts (account_id, name, plan, monthly_revenue, created_at)
select
    'acct-' || lpad(cast(place as text), 6, '0') as account_id,
    (array['North', 'River', 'Harbor', 'Summit', 'Maple', 'Stone', 'Bright', 'Cedar'])[1 + place % 8]
    || ' ' || (array['Dental', 'Fitness', 'Legal', 'Travel', 'Music', 'Clinic', 'Repairs'])[
        1 + place % 7
    ] || ' ' || place as name,
    plans.plan,
    plans.fee * (1 + place % 20) as monthly_revenue,
    cast(:ends_at as timestamptz)
    - (cast(:weeks as double precision) + 100 * pg_temp.draw(place, 60)) * interval '7 days'
        as created_at
from generate_series(0, cast(:accounts as bigint) - 1) as place
cross join lateral (
    select
        (array['starter', 'business', 'enterprise'])[width_bucket(
            pg_temp.draw(place, 61), array[0, 0.6, 0.92]
        )] as plan,
        (array[19, 89, 640])[width_bucket(pg_temp.draw(place, 61), array[0, 0.6, 0.92])] as fee
) as plans
