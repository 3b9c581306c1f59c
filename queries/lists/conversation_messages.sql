-- Grain: one row per message of one conversation, in order, at most :most.
-- Meaning: what had been said by :as_of. A long body is cut, and shorter where there are many messages;
--     its true length stands beside it.
-- Parameters: :account, :conversation, :as_of, :longest (characters of a body), :budget (characters of
--     all of them, though never fewer than 2,000 each), :most (rows).
select
    position,
    sent_at,
    author,
    author_name,
    is_internal,
    left(
        body,
        cast(
            greatest(2000, least(:longest, cast(:budget as bigint) / count(*) over ())) as integer
        )
    ) as body,
    length(body) as characters,
    count(*) over () as messages
from messages
where
    account_id = :account
    and conversation_id = :conversation
    and sent_at <= cast(:as_of as timestamptz)
order by sent_at, position
limit :most
