-- What the benchmark has filled, so that a second run can measure it as it stands.
create table if not exists control_room.bench (
    only_one boolean primary key default true check (only_one),
    episodes bigint not null,
    weeks double precision not null,
    accounts integer not null,
    transcripts bigint not null,     -- of the newest episodes
    ends_at timestamptz not null,    -- the end of the history, and the instant that is asked at
    rows_filled bigint not null,
    fill_seconds double precision not null   -- rows and indexes; the planner's counts are not in it
);
