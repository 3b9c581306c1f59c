-- Grain: one row per quarter of an hour that is built in one of the windows and settled at its instant.
-- Parameters: :family; arrays of one length :sinces, :untils, :as_ofs; `position` is theirs, from 0.
select
    cast(question.number - 1 as int) as position,
    quarter.starts
from unnest(
    cast(:sinces as timestamptz[]), cast(:untils as timestamptz[]), cast(:as_ofs as timestamptz[])
) with ordinality as question (since, until, as_of, number)
inner join control_room.rollup_quarters as quarter
    on
        quarter.family = :family
        and quarter.starts >= question.since
        and quarter.starts <= question.until - interval '15 minutes'
        and quarter.settled_at <= question.as_of
order by position, quarter.starts
