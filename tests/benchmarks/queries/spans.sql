-- Grain: three rows per conversation of the scratch table of `prepare.sql`.
-- Meaning: the agent's calls, of 30 names in 6 systems. About 4 % fail, with a message that names ids
--     and numbers; of the failures a third are tried again at once, the same call, and succeed.
-- Parameters: :ends_at (the end of the history).
insert into spans (
    account_id, span_id, trace_id, conversation_id, origin, operation, system, name, started_at,
    duration_ms, status_code, error_type, error_message, request, response, loaded_at
)
with attempt as (
    select
        episode.account_id,
        episode.conversation_id,
        episode.number,
        place,
        4 * episode.number + place as draw_number,
        episode.started_at
        + (
            least(
                coalesce(episode.ended_at, episode.started_at + interval '1 hour'),
                cast(:ends_at as timestamptz)
            ) - episode.started_at
        ) * ((place - 0.5 * pg_temp.draw(4 * episode.number + place, 30)) / 4) as started_at,
        place > 1
        and pg_temp.draw(4 * episode.number + place - 1, 31) < 0.04
        and pg_temp.draw(4 * episode.number + place - 1, 32) < 0.5 as is_retry
    from bench_episode as episode
    cross join generate_series(1, 3) as place
),

call as (
    select
        attempt.*,
        -- A retry is the call before it once more.
        draw_number - cast(is_retry as integer) as call_number,
        not is_retry and pg_temp.draw(draw_number, 31) < 0.04 as is_failed,
        cast(floor(30 * power(
            pg_temp.draw(draw_number - cast(is_retry as integer), 33), 1.4
        )) as integer) as call_place,
        1 + cast(floor(6 * power(pg_temp.draw(draw_number, 34), 1.6)) as integer) as error_place
    from attempt
),

timed as (
    select
        call.*,
        case
            when is_failed and error_place = 1 then 30000
            else 20 - 40 * (1 + call_place) * ln(1 - pg_temp.draw(draw_number, 35))
        end as duration_ms
    from call
)

select
    account_id,
    lpad(to_hex(hashint8extended(draw_number, 36)), 16, '0') as span_id,
    lpad(to_hex(hashint8extended(number, 37)), 16, '0')
    || lpad(to_hex(hashint8extended(number, 38)), 16, '0') as trace_id,
    conversation_id,
    'agent' as origin,
    case when call_place >= 25 then 'retrieval' else 'execute_tool' end as operation,
    (array['billing-api', 'crm-api', 'calendar-api', 'identity', 'import-service', 'search'])[
        1 + call_place / 5
    ] as system,
    (array[
        'get_invoice', 'list_charges', 'get_plan', 'refund_charge', 'get_tax_rate',
        'get_customer', 'update_customer', 'list_notes', 'find_contact', 'merge_contacts',
        'list_slots', 'book_slot', 'move_booking', 'cancel_booking', 'get_hours',
        'get_user', 'reset_password', 'list_roles', 'grant_role', 'unlock_user',
        'start_import', 'import_status', 'list_imports', 'validate_file', 'cancel_import',
        'search_articles', 'search_cases', 'search_orders', 'rank_passages', 'get_article'
    ])[1 + call_place] as name,
    started_at,
    duration_ms,
    case
        when is_failed then (array['504', '429', '404', '400', null, '500'])[error_place]
        else '200'
    end as status_code,
    case when is_failed then (array[
        'timeout', 'rate_limited', 'not_found', 'invalid_argument', 'connection_error',
        'internal_error'
    ])[error_place] end as error_type,
    case when is_failed then case error_place
        when 1 then format('Timeout after 30000 ms for account %s, attempt %s', account_id, place)
        when 2 then format(
            'Rate limit of 120 requests in 60 s exceeded, try again in %s s', draw_number % 60
        )
        when 3 then format('Record "rec-%s" was not found', draw_number % 1000003)
        when 4 then format(
            'Field ''amount'' must be at most 9500.00, got %s.50', 9500 + draw_number % 4000
        )
        when 5 then format(
            'Connection to 10.3.%s.%s:8443 refused after 3 attempts',
            draw_number % 200, draw_number % 250
        )
        else format(
            'Internal error, reference %s',
            cast(md5(cast(draw_number as text)) as uuid)
        )
    end end as error_message,
    jsonb_build_object('account', account_id, 'record', call_number % 100003) as request,
    case when not is_failed
        then jsonb_build_object('status', 'ok', 'rows', draw_number % 17)
    end as response,
    least(
        cast(:ends_at as timestamptz),
        started_at + duration_ms * interval '1 millisecond' + interval '15 seconds'
    ) as loaded_at
from timed
