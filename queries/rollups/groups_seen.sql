-- Grain: one row per error group with a failure that is kept.
-- Meaning: its first and its last failure in the whole history, known at :as_of. The sums by day say
--     where to look: on the first day, and from the last that is a day before :as_of on. Null where
--     nothing is known yet of what lies there: it takes all failures of the group to say.
--     Rows of :dirty accounts are left out as in materialized_failures.sql.
-- Parameters: :as_of, :dirty, :dirty_since.
with days as (
    select
        fingerprint,
        min(starts) as first_day,
        max(starts) filter (where starts <= cast(:as_of as timestamptz) - interval '25 hours')
            as last_day
    from control_room.spans_by_day_2
    where
        fingerprint is not null
        and starts <= cast(:as_of as timestamptz)
    group by fingerprint
),

stretches as materialized (
    select
        fingerprint,
        true as is_first,
        first_day as since,
        first_day + interval '25 hours' as until
    from days
    union all
    select
        fingerprint,
        false as is_first,
        coalesce(last_day, first_day) as since,
        cast('infinity' as timestamptz) as until
    from days
)

select
    stretches.fingerprint,
    min(failures.started_at) filter (where stretches.is_first) as first_seen,
    max(failures.started_at) filter (where not stretches.is_first) as last_seen
from stretches
left join control_room.failures
    on
        failures.fingerprint = stretches.fingerprint
        and failures.started_at >= stretches.since
        and failures.started_at < stretches.until
        and failures.known_at <= cast(:as_of as timestamptz)
        and (failures.excluded_at is null or failures.excluded_at > cast(:as_of as timestamptz))
        and not (
            failures.started_at >= cast(:dirty_since as timestamptz)
            and failures.account_id = any(cast(:dirty as text[]))
        )
group by stretches.fingerprint
