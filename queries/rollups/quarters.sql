-- Grain: one row per quarter of an hour that is built in one of the windows and settled at its instant.
-- Parameters: :rollup_group; arrays of one length :sinces, :untils, :as_ofs; `position` is theirs, from 0.
select
    cast(question.number - 1 as int) as position,
    quarter.starts
from unnest(
    cast(:sinces as timestamptz[]), cast(:untils as timestamptz[]), cast(:as_ofs as timestamptz[])
) with ordinality as question (since, until, as_of, number)
cross join lateral (
    select starts
    from control_room.rollup_quarters
    where
        rollup_group = :rollup_group
        and starts >= question.since
        and starts <= question.until - interval '15 minutes'
        and settled_at <= question.as_of
    -- Looked up for each question: joined, a few of them would read the quarters of all history.
    offset 0 -- noqa: AM09
) as quarter
order by position, quarter.starts
