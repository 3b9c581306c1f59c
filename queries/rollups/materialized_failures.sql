-- Grain: one row per failed span that is kept, as facts/spans.sql has it at :as_of.
-- Meaning: rows of :dirty accounts from :dirty_since on are left out: spans or conversations of
--     theirs were loaded since these were kept.
-- Parameters: :since, :until (half-open, on the span's start), :as_of, :dirty, :dirty_since.
select
    failures.account_id,
    failures.span_id,
    failures.trace_id,
    failures.parent_span_id,
    failures.conversation_id,
    failures.origin,
    failures.operation,
    failures.system,
    failures.name,
    failures.started_at,
    failures.known_at,
    failures.duration_ms,
    failures.status_code,
    failures.error_type,
    failures.message_shape,
    failures.fingerprint,
    true as is_failed,
    coalesce(failures.recovered_at <= cast(:as_of as timestamptz), false) as is_recovered,
    coalesce(failures.recovered_at > cast(:as_of as timestamptz), true) as is_unrecovered,
    case when failures.conversation_started_at <= cast(:as_of as timestamptz) then failures.source end
        as source,
    case when failures.conversation_started_at <= cast(:as_of as timestamptz) then failures.channel end
        as channel,
    case when failures.conversation_started_at <= cast(:as_of as timestamptz) then failures.language end
        as language,
    case when failures.conversation_started_at <= cast(:as_of as timestamptz) then failures.topic end
        as topic,
    case when failures.conversation_started_at <= cast(:as_of as timestamptz) then failures.agent_version end
        as agent_version,
    -- per dimension of conversations: case
    --     when conversation_started_at <= cast(:as_of as timestamptz) then failures.{column}
    -- end as {column},
    -- As it is kept, for the index: whoever asks for conversations up to :as_of needs no other.
    failures.conversation_started_at,
    -- per dimension of accounts: case
    --     when accounts.account_id is not null then {sql}
    -- end as {column},
    accounts.plan
from control_room.failures
left join accounts on accounts.account_id = failures.account_id
where
    failures.started_at >= cast(:since as timestamptz)
    and failures.started_at < cast(:until as timestamptz)
    and failures.known_at <= cast(:as_of as timestamptz)
    and (failures.excluded_at is null or failures.excluded_at > cast(:as_of as timestamptz))
    and not (
        failures.started_at >= cast(:dirty_since as timestamptz)
        and failures.account_id = any(cast(:dirty as text[]))
    )
