-- Grain: one row per message of one conversation, in order, at most :most.
-- Meaning: what had been said by :as_of. A long body is cut; its true length stands beside it.
-- Parameters: :account, :conversation, :as_of, :longest (characters of a body), :most (rows).
select
    position,
    sent_at,
    author,
    author_name,
    is_internal,
    left(body, :longest) as body,
    length(body) as characters,
    count(*) over () as messages
from messages
where
    account_id = :account
    and conversation_id = :conversation
    and sent_at <= cast(:as_of as timestamptz)
order by sent_at, position
limit :most
