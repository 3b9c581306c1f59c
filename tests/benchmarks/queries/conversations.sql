-- Grain: one row per conversation, from the scratch table of `prepare.sql`.
-- Meaning: each as it stands at the end of the history; what would happen later has not happened.
--     One in five is rated, one in 67 is excluded.
-- Parameters: :ends_at (the end of the history).
insert into conversations (
    account_id, conversation_id, source, channel, language, topic, subject, contact_name,
    agent_version, started_at, ended_at, first_ai_reply_at, handoff_at, handoff_reason,
    handoff_queue, first_human_reply_at, closing_signal, rating, rated_at, rating_comment,
    is_excluded, loaded_at
)
with ending as (
    select cast(:ends_at as timestamptz) as at
),

known as (
    select
        episode.number,
        episode.account_id,
        episode.conversation_id,
        episode.topic_place,
        episode.channel,
        episode.language,
        episode.agent_version,
        episode.started_at,
        ending.at as ends_at,
        case when episode.first_ai_reply_at <= ending.at then episode.first_ai_reply_at end
            as first_ai_reply_at,
        case when episode.handoff_at <= ending.at then episode.handoff_at end as handoff_at,
        case when episode.first_human_reply_at <= ending.at then episode.first_human_reply_at end
            as first_human_reply_at,
        case when episode.ended_at <= ending.at then episode.ended_at end as ended_at
    from bench_episode as episode
    cross join ending
),

rated as (
    select
        known.*,
        case
            when
                pg_temp.draw(number, 14) < 0.2
                and ended_at + pg_temp.draw(number, 15) * interval '2 hours' <= ends_at
                then ended_at + pg_temp.draw(number, 15) * interval '2 hours'
        end as rated_at
    from known
)

select
    account_id,
    conversation_id,
    case when pg_temp.draw(number, 16) < 0.8 then 'helpdesk' else 'messenger' end as source,
    channel,
    language,
    case when pg_temp.draw(number, 17) >= 0.02 then (array[
        'billing', 'invoices', 'scheduling', 'account access', 'integrations', 'data import',
        'reporting', 'reminders', 'payments', 'permissions', 'cancellation', 'compliance'
    ])[topic_place] end as topic,
    'Question ' || number || ' about ' || (array[
        'a charge', 'an invoice', 'a booking', 'signing in', 'a connection', 'an import',
        'a report', 'a reminder', 'a payment', 'a role', 'a contract', 'a record'
    ])[topic_place] as subject,
    'Contact ' || cast(floor(100000 * pg_temp.draw(number, 18)) as integer) as contact_name,
    agent_version,
    started_at,
    ended_at,
    first_ai_reply_at,
    handoff_at,
    case when handoff_at is not null then (array[
        'customer_request', 'policy', 'knowledge_gap', 'tool_failure', 'low_confidence',
        'unclassified'
    ])[width_bucket(pg_temp.draw(number, 19), array[0, 0.35, 0.5, 0.7, 0.85, 0.95])] end
        as handoff_reason,
    case when handoff_at is not null then (array[
        'billing team', 'first line', 'technical', 'first line', 'technical', 'technical',
        'first line', 'first line', 'billing team', 'first line', 'retention', 'compliance'
    ])[topic_place] end as handoff_queue,
    first_human_reply_at,
    case when ended_at is not null and handoff_at is null and first_ai_reply_at is not null
        then (array['confirmed', 'silent', 'negative', null])[width_bucket(
            pg_temp.draw(number, 20), array[0, 0.45, 0.88, 0.95]
        )] end as closing_signal,
    case when rated_at is not null then 6 - width_bucket(
        -- Those who had to ask for a human rate worse.
        pg_temp.draw(number, 21) + case when handoff_at is not null then 0.12 else 0 end,
        array[-1, 0.5, 0.75, 0.86, 0.92]
    ) end as rating,
    rated_at,
    case when rated_at is not null and pg_temp.draw(number, 22) < 0.3 then (array[
        'Quick and clear, thank you.', 'It took three attempts to explain what I needed.',
        'Still not solved.', 'Solved in a minute.', 'The answer did not fit my question.',
        'Good, but I had to repeat the invoice number.', 'Friendly and fast.',
        'I would have liked a person sooner.'
    ])[1 + cast(floor(8 * pg_temp.draw(number, 23)) as integer)] end as rating_comment,
    pg_temp.draw(number, 24) < 0.015 as is_excluded,
    least(
        ends_at,
        greatest(
            started_at, first_ai_reply_at, handoff_at, first_human_reply_at, ended_at, rated_at
        ) + interval '20 seconds'
    ) as loaded_at
from rated
