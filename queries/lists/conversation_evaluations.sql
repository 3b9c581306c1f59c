-- Grain: one row per score that a judge gave to one conversation by :as_of.
-- Meaning: a score whose time the source does not give counts from the end of its conversation.
-- Parameters: :account, :conversation, :as_of.
select
    evaluations.name,
    evaluations.score,
    evaluations.label,
    evaluations.explanation,
    evaluations.evaluator,
    evaluations.evaluated_at
from evaluations
inner join conversations
    on
        conversations.account_id = evaluations.account_id
        and conversations.conversation_id = evaluations.conversation_id
where
    evaluations.account_id = :account
    and evaluations.conversation_id = :conversation
    and coalesce(evaluations.evaluated_at, conversations.ended_at, conversations.started_at)
    <= cast(:as_of as timestamptz)
order by evaluations.name, evaluations.evaluator
