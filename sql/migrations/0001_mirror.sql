-- The sync's own bookkeeping and the history of changes.

create schema if not exists mirror;
create schema if not exists history;
create schema if not exists sync;

-- What this file is bound to: one account in one mode.
create table sync.account (
    team_id varchar,
    is_live boolean,
    bound_at timestamp
);

-- One row per run, kept for ever.
create table sync.runs (
    run_id bigint,
    started_at timestamp,
    finished_at timestamp,
    outcome varchar,
    exit_code integer,
    requests bigint,
    rows_seen bigint,
    inserted bigint,
    updated bigint,
    deleted bigint,
    summary varchar
);

-- Which stretch of each stream's history was looked at, and when (epoch seconds, end excluded).
create table sync.windows (
    team_id varchar,
    stream varchar,
    starts bigint,
    ends bigint,
    walked_at bigint
);

-- What was learned about each stream's list endpoint.
create table sync.streams (
    team_id varchar,
    stream varchar,
    dialect varchar,
    is_subset boolean,
    total_offset bigint,
    false_alarms integer,
    whole_at bigint,
    unavailable varchar
);

-- Rows that could not be mirrored: kept as received, never dropped.
create table sync.quarantine (
    team_id varchar,
    stream varchar,
    fingerprint ubigint,
    reason varchar,
    payload varchar,
    sightings bigint,
    first_run_id bigint,
    last_run_id bigint
);

-- Values present in a payload whose typed column could not hold them.
create table sync.drift (
    team_id varchar,
    stream varchar,
    column_name varchar,
    rows_affected bigint,
    example_id varchar,
    first_run_id bigint,
    last_run_id bigint
);

-- The text of the load file each table's typed columns were made by.
create table sync.loads (
    stream varchar,
    digest varchar,
    zone varchar
);

-- Every change observed; payload_before is the body that was superseded.
create table history.changes (
    team_id varchar,
    stream varchar,
    id varchar,
    key ubigint,
    run_id bigint,
    observed_at timestamp,
    change varchar,
    payload_before varchar using compression zstd
);
