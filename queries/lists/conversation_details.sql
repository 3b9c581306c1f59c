-- Grain: one row per conversation asked for that the warehouse has, in the order of the asking.
-- Meaning: what a list shows beside the episode: the account's name, what the customer said first,
--     the failed calls inside it, and where there is a search, the first message that matches.
-- Parameters: :accounts and :conversations, arrays of equal length; :as_of; :words, the search or ''.
with asked as (
    select
        account_id,
        conversation_id,
        place
    from
        unnest(cast(:accounts as text[]), cast(:conversations as text[]))
        with ordinality as asked (account_id, conversation_id, place)
)

select
    conversations.account_id,
    conversations.conversation_id,
    accounts.name as account_name,
    opening.body as first_words,
    coalesce(failures.failed_spans, 0) as failed_spans,
    matching.excerpt
from asked
-- From here on every join and every first row is by account_id, so Citus does it shard by shard.
inner join conversations
    on
        conversations.account_id = asked.account_id
        and conversations.conversation_id = asked.conversation_id
left join accounts on accounts.account_id = conversations.account_id
left join lateral (
    select distinct on (messages.account_id)
        messages.account_id,
        left(messages.body, 300) as body
    from messages
    where
        messages.account_id = conversations.account_id
        and messages.conversation_id = conversations.conversation_id
        and messages.author = 'customer'
        and not messages.is_internal
        and messages.sent_at <= cast(:as_of as timestamptz)
    order by messages.account_id, messages.position
) as opening on opening.account_id = conversations.account_id
left join lateral (
    select
        spans.account_id,
        count(*) as failed_spans
    from spans
    where
        spans.account_id = conversations.account_id
        and spans.conversation_id = conversations.conversation_id
        and spans.error_type is not null
        and spans.origin <> 'customer'
        and spans.started_at + coalesce(spans.duration_ms, 0) * interval '1 millisecond'
        <= cast(:as_of as timestamptz)
    group by spans.account_id
) as failures on failures.account_id = conversations.account_id
left join lateral (
    select distinct on (messages.account_id)
        messages.account_id,
        ts_headline(
            'simple',
            left(messages.body, 20000),
            websearch_to_tsquery('simple', :words),
            -- Two control characters stand around a match: no text that people write holds them.
            'StartSel=' || chr(2) || ', StopSel=' || chr(3) || ', MaxWords=24, MinWords=12'
        ) as excerpt
    from messages
    where
        cast(:words as text) <> ''
        and messages.account_id = conversations.account_id
        and messages.conversation_id = conversations.conversation_id
        and messages.sent_at <= cast(:as_of as timestamptz)
        and to_tsvector('simple', left(messages.body, 100000))
        @@ websearch_to_tsquery('simple', :words)
    order by messages.account_id, messages.position
) as matching on matching.account_id = conversations.account_id
order by asked.place
