-- What Control Room itself writes, apart from the contract's relations. Run by the write engine;
-- the dashboard works without any of it.
create schema if not exists control_room;

-- One row where the warehouse holds generated data. Every page then says so.
create table if not exists control_room.demo (
    only_one boolean primary key default true check (only_one),
    seed bigint not null,
    anchor date not null,          -- the day the history ends on; incidents are placed relative to it
    accounts integer not null,
    episodes integer not null,     -- of the history, spread over its days
    days integer not null,
    filled_until timestamptz       -- null while the first fill runs
);

-- One row per view that somebody saved by name, for everybody.
create table if not exists control_room.views (
    key bigint generated always as identity primary key,
    name text not null unique check (char_length(name) between 1 and 80),
    page text not null,            -- the page's path, empty for the control room
    parameters text not null,      -- its query string, as a link has it
    saved_at timestamptz not null default now()
);
