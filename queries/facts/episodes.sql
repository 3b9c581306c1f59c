-- Grain: one row per episode, that is one conversation that is not a test, spam or outbound.
-- Meaning: the episode as it stood at :as_of. Whatever happened later is null here, and a later
--     escalation has not happened. The outcome is the first that holds, in the order of the case.
-- Parameters:
--     :since, :until  the half-open window, on the date that :dated_by names
--     :as_of          the instant at which the question is asked
--     :dated_by       'start', 'handoff', 'rating', or 'any' (no window; join on keys outside)
-- In psql:
--     set search_path to support;
--     \set since '''2026-01-01''' \set until '''2026-01-08''' \set as_of 'now()' \set dated_by '''start'''
--     \i queries/facts/episodes.sql
with conversation as (
    select
        *,
        -- per dimension of conversations: {sql} as {column},
        -- A rating whose time the source does not give counts from the end of its episode.
        coalesce(rated_at, ended_at, started_at) as rating_known_at
    from conversations
    where
        not is_excluded
        and started_at <= cast(:as_of as timestamptz)
),

in_window as (
    select *
    from conversation
    where
        (
            :dated_by = 'start'
            and started_at >= cast(:since as timestamptz)
            and started_at < cast(:until as timestamptz)
        )
        or (
            :dated_by = 'handoff'
            and handoff_at >= cast(:since as timestamptz)
            and handoff_at < cast(:until as timestamptz)
            and handoff_at <= cast(:as_of as timestamptz)
        )
        or (
            :dated_by = 'rating'
            and rating is not null
            and coalesce(rated_at, ended_at, started_at) >= cast(:since as timestamptz)
            and coalesce(rated_at, ended_at, started_at) < cast(:until as timestamptz)
            and coalesce(rated_at, ended_at, started_at) <= cast(:as_of as timestamptz)
        )
        or :dated_by = 'any'
),

known as (
    select
        account_id,
        conversation_id,
        source,
        channel,
        language,
        topic,
        subject,
        contact_name,
        agent_version,
        -- per dimension of conversations: {column},
        times_placed,
        started_at,
        case when ended_at <= cast(:as_of as timestamptz) then ended_at end as ended_at,
        case when ended_at <= cast(:as_of as timestamptz) then closing_signal end
            as closing_signal,
        case when first_ai_reply_at <= cast(:as_of as timestamptz) then first_ai_reply_at end
            as first_ai_reply_at,
        case when handoff_at <= cast(:as_of as timestamptz) then handoff_at end as handoff_at,
        case when handoff_at <= cast(:as_of as timestamptz) then handoff_reason end
            as handoff_reason,
        case when handoff_at <= cast(:as_of as timestamptz) then handoff_queue end
            as handoff_queue,
        case when first_human_reply_at <= cast(:as_of as timestamptz) then first_human_reply_at end
            as first_human_reply_at,
        case when rating_known_at <= cast(:as_of as timestamptz) then rating end as rating,
        case when rating_known_at <= cast(:as_of as timestamptz) and rating is not null
            then rating_known_at end as rated_at,
        case when rating_known_at <= cast(:as_of as timestamptz) then rating_comment end
            as rating_comment
    from in_window
),

judged as (
    select
        *,
        first_ai_reply_at is not null or handoff_at is not null as is_involved,
        case
            when first_human_reply_at is not null or handoff_at is not null then 'escalated'
            when ended_at is null then 'pending'
            when first_ai_reply_at is null or closing_signal = 'negative' then 'abandoned'
            when closing_signal = 'confirmed' then 'confirmed'
            when closing_signal = 'silent' then 'assumed'
            else 'ambiguous'
        end as outcome
    from known
),

timed as (
    select
        *,
        -- Whole seconds from handoff to the first human reply; null without a handoff, for greatest()
        -- would make 0 of it. Placed times measure nothing.
        case when handoff_at is not null and first_human_reply_at is not null and not times_placed
            then greatest(round(extract(epoch from first_human_reply_at - handoff_at)), 0) end
            as answered_after_s,
        -- Nobody replied: how long it is known to have waited, until the episode ended or :as_of.
        case when handoff_at is not null and first_human_reply_at is null and not times_placed
            then greatest(round(extract(
                epoch from coalesce(ended_at, cast(:as_of as timestamptz)) - handoff_at
            )), 0) end as waited_s
    from judged
)

select
    timed.*,
    outcome = 'pending' as is_pending,
    outcome = 'escalated' as is_escalated,
    outcome in ('confirmed', 'assumed') as is_resolved,
    cast(:as_of as timestamptz) as known_until,
    case
        when first_ai_reply_at is not null and first_human_reply_at is not null then 'ai and human'
        when first_ai_reply_at is not null then 'ai only'
        when first_human_reply_at is not null then 'human only'
        else 'nobody'
    end as handled_by,
    -- As dimensions, which are text. Who still waits has neither: that grows until it ends.
    cast(answered_after_s as text) as answered_second,
    case when ended_at is not null then cast(waited_s as text) end as waited_second,
    handoff_at is not null and first_human_reply_at is null and ended_at is null as is_waiting,
    -- Links and filters carry text.
    cast(rating as text) as stars,
    -- The account's next episode where it came within 7 days, the longest window of durability; what
    -- comes later changes no figure.
    (
        select min(later.started_at)
        from conversations as later
        where
            later.account_id = timed.account_id
            and later.started_at >= timed.ended_at
            and later.started_at < timed.ended_at + interval '7 days'
            and later.started_at <= cast(:as_of as timestamptz)
            and later.conversation_id <> timed.conversation_id
            and not later.is_excluded
    ) as next_episode_at,
    -- per dimension of accounts: (
    --     select {sql} from accounts where accounts.account_id = timed.account_id
    -- ) as {column},
    (
        select accounts.plan
        from accounts
        where accounts.account_id = timed.account_id
    ) as plan
from timed
