-- Grain: one row per day (UTC), topic and outcome.
-- Meaning: episodes by their outcome, written by hand as directly as it goes; right where :as_of is the
--     end of the history, so that nothing has to be taken back.
-- Parameters: :since, :until (half-open, on the start).
select
    date_trunc('day', started_at) as day,
    topic,
    case
        when handoff_at is not null or first_human_reply_at is not null then 'escalated'
        when ended_at is null then 'pending'
        when first_ai_reply_at is null or closing_signal = 'negative' then 'abandoned'
        when closing_signal = 'confirmed' then 'confirmed'
        when closing_signal = 'silent' then 'assumed'
        else 'ambiguous'
    end as outcome,
    count(*) as episodes
from conversations
where
    started_at >= cast(:since as timestamptz)
    and started_at < cast(:until as timestamptz)
    and not is_excluded
group by 1, 2, 3
