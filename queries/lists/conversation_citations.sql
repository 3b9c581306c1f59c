-- Grain: one row per article that a message of one conversation cites.
-- Meaning: what had been cited by :as_of. An article that the catalogue lacks has its id for a title.
-- Parameters: :account, :conversation, :as_of.
select
    citations.position,
    citations.article_id,
    articles.title,
    articles.url
from citations
inner join messages
    on
        messages.account_id = citations.account_id
        and messages.conversation_id = citations.conversation_id
        and messages.position = citations.position
        and messages.sent_at <= cast(:as_of as timestamptz)
left join articles on articles.article_id = citations.article_id
where
    citations.account_id = :account
    and citations.conversation_id = :conversation
order by citations.position, citations.article_id
