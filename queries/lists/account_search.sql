-- Grain: one row per account whose name or id holds the words, at most :most.
-- Meaning: the account of that very id first, then those with most episodes in the 28 days before
--     :as_of. No words: all accounts. One that the catalogue lacks is found by its id alone.
-- Parameters: :words (any text; it is no pattern), :as_of, :most.
with asked as (
    select
        cast(:words as text) as words,
        lower(cast(:words as text)) as lower_words
),

found as (
    select
        accounts.account_id,
        accounts.name,
        accounts.plan,
        accounts.monthly_revenue
    from accounts
    cross join asked
    where
        (accounts.created_at is null or accounts.created_at <= cast(:as_of as timestamptz))
        and (
            position(asked.lower_words in lower(accounts.name)) > 0
            or position(asked.lower_words in lower(accounts.account_id)) > 0
        )
    union
    (
        select
            conversations.account_id,
            accounts.name,
            accounts.plan,
            accounts.monthly_revenue
        from conversations
        left join accounts on accounts.account_id = conversations.account_id
        where
            conversations.account_id = :words
            and conversations.started_at <= cast(:as_of as timestamptz)
        limit 1 -- noqa: AM09
    )
),

recent as (
    select
        account_id,
        count(*) as episodes
    from conversations
    where
        account_id in (select found.account_id from found)
        and started_at > cast(:as_of as timestamptz) - interval '28 days'
        and started_at <= cast(:as_of as timestamptz)
        and not is_excluded
    group by account_id
)

select
    found.account_id,
    found.name,
    found.plan,
    found.monthly_revenue,
    coalesce(recent.episodes, 0) as episodes,
    count(*) over () as found
from found
cross join asked
left join recent on recent.account_id = found.account_id
order by found.account_id = asked.words desc, episodes desc, found.name, found.account_id
limit :most
