-- Grain: one row per span of the agent or of background work. A span that the customer's own
--     device ran is no API call of ours; one inside an excluded conversation is left out too
--     (of rows that are kept, `excluded_at` says since when it is one).
-- Meaning: the span once its result was known, at its end. A failure is recovered when a success
--     of the same name and request follows: within the episode, or for background work within
--     24 hours for the same account.
--     `message_shape` is a failure's message with all that differs from one occurrence to the next
--     masked: quoted values '…', ids ‹id›, numbers and times ‹n›. Failures of one system, name, error
--     type and shape are one group; `fingerprint` names it.
--     `duration_bin` counts steps of 5 % on a scale of logarithms: a duration of bin b is more than
--     1.05^(b-1) ms and at most 1.05^b ms, what is under 0.01 ms counting as 0.01 ms.
-- Parameters: :since, :until (half-open, on the span's start), :as_of; :with_past, also what counted
--     before :as_of and no longer does: true only for rows that are kept.
with span as (
    select
        *,
        started_at + coalesce(duration_ms, 0) * interval '1 millisecond' as known_at
    from spans
    where
        origin <> 'customer'
        and started_at >= cast(:since as timestamptz)
        and started_at < cast(:until as timestamptz)
        and started_at <= cast(:as_of as timestamptz)
),

known as (
    select
        span.*,
        excluded.started_at as excluded_at
    from span
    -- Written as an anti-join that the planner can count: by a filter on the start of the excluded
    -- it takes hardly a row to be left, and sorts what it could hash.
    left join conversations as excluded
        on
            excluded.account_id = span.account_id
            and excluded.conversation_id = span.conversation_id
            and excluded.is_excluded
            and (excluded.started_at <= cast(:as_of as timestamptz) or :with_past)
    where
        span.known_at <= cast(:as_of as timestamptz)
        and (excluded.account_id is null or :with_past)
),

judged as (
    select
        known.*,
        known.error_type is not null as is_failed,
        case
            when known.error_type is null then null
            when known.conversation_id is not null then (
                select min(
                    retry.started_at + coalesce(retry.duration_ms, 0) * interval '1 millisecond'
                )
                from spans as retry
                where
                    retry.account_id = known.account_id
                    and retry.conversation_id = known.conversation_id
                    and retry.started_at > known.started_at
                    and retry.error_type is null
                    and retry.name = known.name
                    and retry.request is not distinct from known.request
            )
            else (
                select min(
                    retry.started_at + coalesce(retry.duration_ms, 0) * interval '1 millisecond'
                )
                from spans as retry
                where
                    retry.account_id = known.account_id
                    and retry.conversation_id is null
                    and retry.started_at > known.started_at
                    and retry.started_at < known.started_at + interval '24 hours'
                    and retry.error_type is null
                    and retry.name = known.name
                    and retry.request is not distinct from known.request
            )
        end as first_success_at
    from known
),

recovered as (
    select
        judged.*,
        case when first_success_at <= cast(:as_of as timestamptz) then first_success_at end
            as recovered_at,
        coalesce(first_success_at <= cast(:as_of as timestamptz), false) as is_recovered
    from judged
),

shaped as (
    select
        recovered.*,
        -- From the inside out; one expression for both kinds of quotes takes five times as long.
        -- A message that was cut within a quotation is masked to its end.
        case when is_failed then left(
            regexp_replace(
                regexp_replace(
                    regexp_replace(
                        regexp_replace(
                            left(error_message, 2000),
                            '"[^"]*("|$)|`[^`]*(`|$)|“[^”]*(”|$)|„[^“”]*([“”]|$)|«[^»]*(»|$)',
                            '''…''', 'g'
                        ),
                        -- The apostrophe of "don't" neither opens nor closes a quotation.
                        '(?<!\w)''([^'']|(?<=\w)''(?=\w))*(''(?!\w)|$)', '''…''', 'g'
                    ),
                    -- UUIDs, addresses in memory, and any run of 8 letters and digits that has both.
                    '(?<![0-9A-Za-z])('
                    '[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}'
                    '|0x[0-9A-Fa-f]+'
                    '|[0-9A-Fa-f]{8,}'
                    '|(?=[0-9]*[A-Za-z])(?=[A-Za-z]*[0-9])[0-9A-Za-z]{8,}'
                    ')(?![0-9A-Za-z])', '‹id›', 'g'
                ),
                -- Dates with their times, then all other digits.
                '[0-9]{4}-[0-9]{2}-[0-9]{2}'
                '([T ][0-9]{2}:[0-9]{2}[0-9:.,]*(Z|[+-][0-9]{2}:?[0-9]{2})?)?'
                '|[0-9]+([.,:][0-9]+)*', '‹n›', 'g'
            ), 300
        ) end as message_shape
    from recovered
)

select
    shaped.account_id,
    shaped.span_id,
    shaped.trace_id,
    shaped.parent_span_id,
    shaped.conversation_id,
    shaped.origin,
    shaped.operation,
    shaped.system,
    shaped.name,
    shaped.started_at,
    shaped.known_at,
    shaped.duration_ms,
    cast(ceil(ln(greatest(shaped.duration_ms, 0.01)) / ln(cast(1.05 as double precision))) as text)
        as duration_bin,
    shaped.status_code,
    shaped.error_type,
    shaped.error_message,
    shaped.message_shape,
    case when shaped.is_failed then left(md5(concat_ws(
        chr(31),
        shaped.system, shaped.name, shaped.error_type, coalesce(shaped.message_shape, '')
    )), 12) end as fingerprint,
    shaped.is_failed,
    shaped.is_recovered,
    shaped.recovered_at,
    case when :with_past then shaped.excluded_at end as excluded_at,
    shaped.is_failed and not shaped.is_recovered as is_unrecovered,
    conversations.source,
    conversations.channel,
    conversations.language,
    conversations.topic,
    conversations.agent_version,
    -- per dimension of conversations: case
    --     when conversations.account_id is not null then {sql}
    -- end as {column},
    conversations.started_at as conversation_started_at,
    -- per dimension of accounts: case
    --     when accounts.account_id is not null then {sql}
    -- end as {column},
    accounts.plan
from shaped
left join conversations
    on
        conversations.account_id = shaped.account_id
        and conversations.conversation_id = shaped.conversation_id
        -- A call may come before its conversation; until that starts, nothing is known of it.
        and conversations.started_at <= cast(:as_of as timestamptz)
left join accounts on accounts.account_id = shaped.account_id
