-- Grain: one row per background job; three for every ten conversations of the scratch table of
--     `prepare.sql`.
-- Meaning: work for an account in the day before it asks; one in twenty-five fails, and a later run of
--     the same job may make up for it.
-- Parameters: :ends_at (the end of the history).
insert into spans (
    account_id, span_id, trace_id, origin, operation, system, name, started_at, duration_ms,
    status_code, error_type, error_message, request, response, loaded_at
)
with job as (
    select
        account_id,
        number,
        started_at - (0.5 + 20 * pg_temp.draw(number, 41)) * interval '1 hour' as started_at,
        1 + cast(floor(5 * pg_temp.draw(number, 42)) as integer) as job_place,
        800 - 9000 * ln(1 - pg_temp.draw(number, 43)) as duration_ms,
        pg_temp.draw(number, 44) < 0.04 as is_failed,
        1 + cast(floor(3 * pg_temp.draw(number, 45)) as integer) as error_place
    from bench_episode
    where pg_temp.draw(number, 40) < 0.3
),

named as (
    select
        job.*,
        (array[
            'sync_invoices', 'sync_contacts', 'send_reminders', 'nightly_export', 'refresh_search'
        ])[job_place] as name
    from job
)

select
    account_id,
    lpad(to_hex(hashint8extended(number, 46)), 16, '0') as span_id,
    lpad(to_hex(hashint8extended(number, 47)), 16, '0')
    || lpad(to_hex(hashint8extended(number, 48)), 16, '0') as trace_id,
    'background' as origin,
    'job' as operation,
    'sync-service' as system,
    name,
    started_at,
    duration_ms,
    case when is_failed then '500' else '200' end as status_code,
    case when is_failed then (array['timeout', 'schema_mismatch', 'connection_error'])[error_place]
    end as error_type,
    case when is_failed then format(
        'Job run %s stopped after %s of %s rows', number, number % 997, 997 + number % 4001
    ) end as error_message,
    jsonb_build_object('job', name) as request,
    case when not is_failed then jsonb_build_object('rows', number % 5003) end as response,
    least(
        cast(:ends_at as timestamptz),
        started_at + duration_ms * interval '1 millisecond' + interval '15 seconds'
    ) as loaded_at
from named
