-- Grain: one row where the warehouse has the conversation, started or not, excluded or not.
-- Meaning: whose it is. What happened in it comes from facts/episodes.sql as of an instant.
-- Parameters: :account, :conversation.
select
    conversations.account_id,
    conversations.conversation_id,
    conversations.started_at,
    conversations.is_excluded,
    conversations.times_placed,
    accounts.name as account_name,
    accounts.monthly_revenue
from conversations
left join accounts on accounts.account_id = conversations.account_id
where
    conversations.account_id = :account
    and conversations.conversation_id = :conversation
