-- Grain: one row.
-- Meaning: the start of the oldest conversation; before it a count of nothing means nothing.
select min(started_at) as started_at
from conversations
