-- What the rollups keep beside their sums, in the product's own schema. The tables of the sums
-- themselves are made from the registry: a column for every figure that adds up.
create table if not exists control_room.rollup_state (
    only_one boolean primary key default true check (only_one),
    definition text not null,        -- of facts, registry and zone: another one means building anew
    time_zone text not null,         -- whose days these are
    watermark timestamptz not null,  -- every row loaded before this instant has been seen
    ran_at timestamptz not null,
    verified_at timestamptz          -- when rows were last counted, to notice those that were deleted
);

-- One row a family of sums and day that is built. A day that is not here, or stale, is read from the
-- facts.
create table if not exists control_room.rollup_days (
    family text not null,
    starts timestamptz not null,
    ends timestamptz not null,
    settled_at timestamptz not null, -- asked at or after this instant, the day's sums are final
    rows_seen bigint not null,       -- of the relation, by the family's date; fewer means deleted ones
    is_stale boolean not null default false,  -- rows of it were loaded since: the facts answer
    built_at timestamptz not null default now(),
    primary key (family, starts)
);

-- The same by quarter of an hour, for sums that are asked soon after the event.
create table if not exists control_room.rollup_quarters (
    family text not null,
    starts timestamptz not null,
    settled_at timestamptz not null,
    primary key (family, starts)
);

-- The plan each account had when its days were built: accounts have no time of loading.
create table if not exists control_room.account_plans (
    account_id text primary key,
    plan text
);
