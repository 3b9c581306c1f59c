-- Grain: one row per quarter of an hour in which a conversation of the group falls.
-- Meaning: from `settled_at` on, asking later changes nothing that the group counts.
-- Parameters: :since, :until (half-open, on the date that :dated_by names), :dated_by as in
--     facts/episodes.sql, :with_rating (whether ratings or comments are counted), :matures_after (how long
--     after its end an episode is final, as an interval).
with dated as (
    select
        *,
        case :dated_by
            when 'start' then started_at
            when 'handoff' then handoff_at
            when 'rating' then coalesce(rated_at, ended_at, started_at)
        end as dated_at
    from conversations
    where
        not is_excluded
        and (
            (
                :dated_by = 'start'
                and started_at >= cast(:since as timestamptz)
                and started_at < cast(:until as timestamptz)
            )
            or (
                :dated_by = 'handoff'
                and handoff_at >= cast(:since as timestamptz)
                and handoff_at < cast(:until as timestamptz)
            )
            or (
                :dated_by = 'rating'
                and rating is not null
                and coalesce(rated_at, ended_at, started_at) >= cast(:since as timestamptz)
                and coalesce(rated_at, ended_at, started_at) < cast(:until as timestamptz)
            )
        )
)

select
    date_bin('15 minutes', dated_at, timestamptz '2000-01-01 00:00+00') as starts,
    max(greatest(
        started_at,
        ended_at + cast(:matures_after as interval),
        first_ai_reply_at,
        handoff_at,
        first_human_reply_at,
        case when :with_rating then rated_at end
    )) as settled_at
from dated
group by 1
