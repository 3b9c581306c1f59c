-- Grain: one row: from when to when there is anything to sum.
-- Parameters: none.
select
    least(
        (select min(started_at) from conversations),
        (select min(started_at) from spans)
    ) as since,
    greatest(
        (select max(started_at) from conversations),
        (select max(handoff_at) from conversations),
        (select max(started_at) from spans)
    ) as until
