-- Grain: one row per change by the team, one every two weeks.
-- Meaning: what a chart marks beside its line.
-- Parameters: :ends_at (the end of the history), :weeks (its length).
insert into changes (change_id, changed_at, component, title)
select
    'change-' || place as change_id,
    cast(:ends_at as timestamptz) - (0.4 + 2 * place) * interval '7 days' as changed_at,
    (array['agent', 'prompt', 'article', 'integration', 'policy'])[1 + place % 5] as component,
    'Change ' || place || ' of the benchmark' as title
from generate_series(0, cast(ceil(cast(:weeks as double precision) / 2) as bigint)) as place
