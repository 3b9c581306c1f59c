-- Grain: one row per episode, failure and rule. Of a failed span and its failed children, the
--     outermost stands for all.
-- Meaning: a failure that the AI passed over.
--     'went_on'   a failed span of the agent, not recovered, after which the AI wrote to the
--                 customer and no handoff followed; dated by the span
--     'background'  a failure of background work of the same account, in the 24 hours before an
--                 episode in which the AI took part, not recovered by then, and named by no
--                 message and touched by no span of that episode; dated by the episode's start
--     It is one from `true_from` on and, of rows that are kept, until `true_until`.
-- Parameters: :since, :until (half-open, on occurred_at), :as_of; :with_past, also what was passed over
--     before :as_of and no longer is: true only for rows that are kept.
with marks as not materialized (
    -- Read as blanks, so that a name is found where a word begins: "erp" is not in "enterprise".
    select
        E'-_.,:;!?()[]{}<>/"''`*#\n\r\t' as these,
        repeat(' ', 30) as blanks
),

-- Not materialized: each rule reads its own origin alone, and on Citus each shard reads its own rows.
failed_span as not materialized (
    select
        failed.*,
        failed.started_at + coalesce(failed.duration_ms, 0) * interval '1 millisecond' as failed_at,
        case when outer_span.error_type is not null and outer_span.origin <> 'customer'
            then outer_span.started_at
                + coalesce(outer_span.duration_ms, 0) * interval '1 millisecond' end
            as outer_failed_at,
        ' ' || translate(lower(failed.system), marks.these, marks.blanks) as system_words,
        ' ' || translate(lower(failed.name), marks.these, marks.blanks) as name_words
    from spans as failed
    cross join marks
    left join spans as outer_span
        on
            outer_span.account_id = failed.account_id
            and outer_span.span_id = failed.parent_span_id
    where
        failed.error_type is not null
        and failed.origin <> 'customer'
        and failed.started_at >= cast(:since as timestamptz) - interval '24 hours'
        and failed.started_at < cast(:until as timestamptz)
        and failed.started_at + coalesce(failed.duration_ms, 0) * interval '1 millisecond'
        <= cast(:as_of as timestamptz)
),

went_on as (
    select
        failed_span.account_id,
        failed_span.conversation_id,
        failed_span.span_id,
        -- No constant: of a question for one rule Citus would lose sight of what the other joins on.
        case when failed_span.origin = 'agent' then 'went_on' end as rule,
        failed_span.started_at as occurred_at,
        failed_span.failed_at,
        failed_span.trace_id,
        failed_span.origin,
        failed_span.operation,
        failed_span.system,
        failed_span.name,
        failed_span.error_type,
        failed_span.error_message,
        conversations.source,
        conversations.channel,
        conversations.language,
        conversations.topic,
        conversations.agent_version,
        -- per dimension of conversations: {sql} as {column},
        conversations.started_at as known_from,
        (
            select min(messages.sent_at)
            from messages
            where
                messages.account_id = failed_span.account_id
                and messages.conversation_id = failed_span.conversation_id
                and messages.author = 'ai_agent'
                and not messages.is_internal
                and messages.sent_at > failed_span.failed_at
        ) as passed_over_at,
        least(
            case when conversations.handoff_at >= failed_span.started_at
                then conversations.handoff_at end,
            (
                select min(
                    retry.started_at + coalesce(retry.duration_ms, 0) * interval '1 millisecond'
                )
                from spans as retry
                where
                    retry.account_id = failed_span.account_id
                    and retry.conversation_id = failed_span.conversation_id
                    and retry.started_at > failed_span.started_at
                    and retry.error_type is null
                    and retry.name = failed_span.name
                    and retry.request is not distinct from failed_span.request
            ),
            failed_span.outer_failed_at
        ) as cleared_at
    from failed_span
    inner join conversations
        on
            conversations.account_id = failed_span.account_id
            and conversations.conversation_id = failed_span.conversation_id
            and not conversations.is_excluded
    where
        failed_span.origin = 'agent'
        and failed_span.started_at >= cast(:since as timestamptz)
        -- Said again here, where it costs nothing: what was noticed need not be looked into.
        and (
            conversations.handoff_at is null
            or conversations.handoff_at > cast(:as_of as timestamptz)
            or conversations.handoff_at < failed_span.started_at
            or :with_past
        )
),

background as (
    select
        failed_span.account_id,
        conversations.conversation_id,
        failed_span.span_id,
        case when failed_span.origin = 'background' then 'background' end as rule,
        conversations.started_at as occurred_at,
        failed_span.failed_at,
        failed_span.trace_id,
        failed_span.origin,
        failed_span.operation,
        failed_span.system,
        failed_span.name,
        failed_span.error_type,
        failed_span.error_message,
        conversations.source,
        conversations.channel,
        conversations.language,
        conversations.topic,
        conversations.agent_version,
        -- per dimension of conversations: {sql} as {column},
        conversations.started_at as known_from,
        least(conversations.first_ai_reply_at, conversations.handoff_at) as passed_over_at,
        least(
            (
                select min(
                    touch.started_at + coalesce(touch.duration_ms, 0) * interval '1 millisecond'
                )
                from spans as touch
                where
                    touch.account_id = conversations.account_id
                    and touch.conversation_id = conversations.conversation_id
                    and touch.system = failed_span.system
            ),
            (
                select min(messages.sent_at)
                from messages
                cross join marks
                cross join lateral (
                    select ' ' || translate(lower(messages.body), marks.these, marks.blanks) as words
                ) as said
                where
                    messages.account_id = conversations.account_id
                    and messages.conversation_id = conversations.conversation_id
                    and (
                        position(failed_span.system_words in said.words) > 0
                        or position(failed_span.name_words in said.words) > 0
                    )
            ),
            failed_span.outer_failed_at
        ) as cleared_at
    from failed_span
    inner join conversations
        on
            conversations.account_id = failed_span.account_id
            and not conversations.is_excluded
            and conversations.started_at >= failed_span.failed_at
            and conversations.started_at < failed_span.started_at + interval '24 hours'
            and conversations.started_at >= cast(:since as timestamptz)
            and conversations.started_at < cast(:until as timestamptz)
    where
        failed_span.origin = 'background'
        and failed_span.conversation_id is null
        and not exists (
            select 1
            from spans as retry
            where
                retry.account_id = failed_span.account_id
                and retry.conversation_id is null
                and retry.started_at > failed_span.started_at
                and retry.started_at + coalesce(retry.duration_ms, 0) * interval '1 millisecond'
                <= conversations.started_at
                and retry.error_type is null
                and retry.name = failed_span.name
                and retry.request is not distinct from failed_span.request
        )
),

silent as (
    select * from went_on
    union all
    select * from background
)

select
    silent.account_id,
    silent.conversation_id,
    silent.span_id,
    silent.rule,
    silent.occurred_at,
    silent.failed_at,
    silent.trace_id,
    silent.origin,
    silent.operation,
    silent.system,
    silent.name,
    silent.error_type,
    silent.error_message,
    silent.source,
    silent.channel,
    silent.language,
    silent.topic,
    silent.agent_version,
    -- per dimension of conversations: silent.{column},
    greatest(silent.known_from, silent.passed_over_at) as true_from,
    -- What clears it lies after :as_of, and is not known yet.
    case when :with_past then silent.cleared_at end as true_until,
    -- per dimension of accounts: case
    --     when accounts.account_id is not null then {sql}
    -- end as {column},
    accounts.plan
from silent
left join accounts on accounts.account_id = silent.account_id
where
    greatest(silent.known_from, coalesce(silent.passed_over_at, 'infinity'))
    <= cast(:as_of as timestamptz)
    -- Once, though null is meant: what is looked up is not looked up twice.
    and (coalesce(silent.cleared_at, 'infinity') > cast(:as_of as timestamptz) or :with_past)
