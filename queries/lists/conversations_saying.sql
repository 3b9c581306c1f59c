-- Grain: one row per message that holds the words looked for, by its conversation.
-- Meaning: a search as on the web: words, "a phrase", or, -without. Only what had been said by :as_of.
-- Parameters: :words, :as_of.
select
    account_id,
    conversation_id
from messages
where
    -- The contract's index is on this very expression.
    to_tsvector('simple', left(body, 100000)) @@ websearch_to_tsquery('simple', :words)
    and sent_at <= cast(:as_of as timestamptz)
