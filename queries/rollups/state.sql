-- Grain: one row: what the newest rollup left, and how many rows were loaded since.
-- Meaning: `loaded_since` counts no further than 20,001; so many are not worth looking up one by one.
--     `days_mark` is another one as soon as any day is built, stale or gone.
-- Parameters: none.
select
    state.definition,
    state.time_zone,
    state.watermark,
    (
        select concat_ws(' ', count(*), count(*) filter (where is_stale), max(built_at))
        from control_room.rollup_days
    ) as days_mark,
    (
        select count(*)
        from (
            select 1
            from conversations
            where loaded_at >= (select watermark from control_room.rollup_state)
            limit 20001 -- noqa: AM09
        ) as loaded_conversation
    ) + (
        select count(*)
        from (
            select 1
            from spans
            where loaded_at >= (select watermark from control_room.rollup_state)
            limit 20001 -- noqa: AM09
        ) as loaded_span
    ) as loaded_since
from control_room.rollup_state as state
