-- Grain: one row per error group of :fingerprint.
-- Meaning: what its failures have in common, from those at the instant of :first_seen that is beside
--     it. Only of groups whose failures are kept.
-- Parameters: :fingerprint and :first_seen, arrays of the same length.
with wanted as (
    select *
    from unnest(cast(:fingerprint as text[]), cast(:first_seen as timestamptz[]))
        as wanted (fingerprint, started_at)
)

select
    failures.fingerprint,
    min(failures.system) as system,
    min(failures.name) as name,
    min(failures.error_type) as error_type,
    min(failures.message_shape) as message_shape
from wanted
inner join control_room.failures
    on
        failures.fingerprint = wanted.fingerprint
        and failures.started_at = wanted.started_at
group by failures.fingerprint
