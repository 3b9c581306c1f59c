-- Grain: one row per account of which spans or conversations were loaded since :loaded_since.
-- Meaning: what is kept of the account's failures is older than the facts, from `since` on.
-- Parameters: :loaded_since.
with loaded_span as (
    select
        account_id,
        conversation_id,
        started_at
    from spans
    where loaded_at >= cast(:loaded_since as timestamptz)
),

-- A success recovers an earlier failure of its conversation, a call touches all of it.
loaded_conversation as (
    select
        account_id,
        conversation_id
    from conversations
    where loaded_at >= cast(:loaded_since as timestamptz)
    union
    select
        account_id,
        conversation_id
    from loaded_span
    where conversation_id is not null
),

changed (account_id, since) as (
    -- Background work recovers, and is passed over, for a day.
    select account_id, started_at - interval '24 hours'
    from loaded_span
    union all
    select loaded_conversation.account_id, conversations.started_at
    from loaded_conversation
    inner join conversations
        on
            conversations.account_id = loaded_conversation.account_id
            and conversations.conversation_id = loaded_conversation.conversation_id
    union all
    select loaded_conversation.account_id, spans.started_at
    from loaded_conversation
    inner join spans
        on
            spans.account_id = loaded_conversation.account_id
            and spans.conversation_id = loaded_conversation.conversation_id
)

select
    account_id,
    min(since) as since
from changed
group by account_id
