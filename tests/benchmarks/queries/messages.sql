-- Grain: six rows per conversation of the scratch table of `prepare.sql` numbered :oldest or later.
-- Meaning: its transcript, spread over its length up to the end of the history; the last two are
--     with a human where one was asked for.
-- Parameters: :oldest (the first number that has a transcript), :ends_at (the end of the history).
insert into messages (
    account_id, conversation_id, position, sent_at, author, author_name, body
)
with turn as (
    select
        episode.account_id,
        episode.conversation_id,
        place,
        8 * episode.number + place as draw_number,
        episode.started_at
        + (
            least(
                coalesce(episode.ended_at, episode.started_at + interval '1 hour'),
                cast(:ends_at as timestamptz)
            ) - episode.started_at
        ) * ((place - 1) / 6.0) as sent_at,
        case
            when place % 2 = 1 then 'customer'
            when place = 6 and episode.handoff_at is not null then 'human_agent'
            else 'ai_agent'
        end as author
    from bench_episode as episode
    cross join generate_series(1, 6) as place
    where episode.number >= :oldest
),

worded as (
    select
        turn.*,
        1 + cast(floor(16 * pg_temp.draw(draw_number, 50)) as integer) as opening,
        1 + cast(floor(16 * pg_temp.draw(draw_number, 51)) as integer) as rest
    from turn
)

select
    account_id,
    conversation_id,
    place as position,
    sent_at,
    author,
    case author
        when 'human_agent' then 'Agent ' || draw_number % 40
        when 'ai_agent' then 'Assistant'
    end as author_name,
    case
        when author = 'customer' then (array[
            'The invoice for last month shows the wrong amount',
            'I cannot sign in since this morning',
            'Our calendar no longer shows the bookings of the second location',
            'The import of our customer list stopped half way',
            'We were charged twice', 'Please cancel the appointment on Tuesday',
            'The reminder messages reach nobody', 'Where do I change the tax rate',
            'The report leaves out two of our teams', 'A colleague needs another role',
            'Syncing with the accounting software stopped', 'The export has empty columns',
            'How do I refund a customer', 'The page stays white on my phone',
            'We want to move to a larger plan', 'My password reset link has expired'
        ])[opening] || ', ' || (array[
            'and I need it fixed today', 'it worked last week', 'can you look into it',
            'nobody changed anything', 'this is the third time I ask',
            'the settings look right to me', 'I have tried two browsers',
            'a screenshot is attached', 'our team is waiting', 'thank you',
            'the error mentions a limit', 'it says permission denied',
            'only some records are affected', 'other locations are fine',
            'we have an audit tomorrow', 'please call me back'
        ])[rest] || '. Reference ref' || draw_number % 1000003
        else (array[
            'I have checked your account and found the setting',
            'Thank you for the details',
            'The last run finished without an error on our side',
            'You can change this under settings, locations',
            'I have started it again for you', 'That amount includes the yearly fee',
            'Your administrator can grant this role', 'I see the booking in the calendar',
            'The file has a column that we do not know', 'A refund takes three working days',
            'The connection was renewed just now', 'The documentation describes it step by step',
            'I have sent a new link', 'Both charges belong to different periods',
            'The report counts active teams only', 'I am passing this on to a colleague'
        ])[opening] || '. ' || (array[
            'Does that answer your question?', 'Please try once more.',
            'Let me know if it happens again.', 'It can take ten minutes to appear.',
            'Is there anything else?', 'I have noted it in your case.',
            'You will get a message when it is done.', 'Could you confirm the location?',
            'The status page shows no incident.', 'This applies to all users of the account.',
            'The change is saved.', 'I can also do it for you.',
            'It is part of your plan.', 'Please reload the page.',
            'No data was lost.', 'The next run is at three in the morning.'
        ])[rest] || ' (case ' || draw_number % 1000003 || ')'
    end as body
from worded
