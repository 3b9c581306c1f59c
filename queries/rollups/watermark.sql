-- Grain: one row: the instant before which every row that will ever carry that `loaded_at` is visible.
-- Meaning: a transaction that still runs stamps its rows with the time it began; reading clients of
--     the product stamp nothing, and one that has been open for an hour is no loader.
-- Parameters: none.
select
    least(
        now(),
        min(xact_start) filter (where xact_start > now() - interval '1 hour')
    ) as watermark
from pg_stat_activity
where
    datname = current_database()
    and pid <> pg_backend_pid()
    and backend_type = 'client backend'
    and application_name <> 'control-room'
