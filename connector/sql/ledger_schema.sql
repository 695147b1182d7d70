create table ledger.meta (version integer not null);

create table ledger.runs (
    run_id integer not null,
    destination varchar not null,
    environment varchar not null,
    command varchar not null,
    event varchar not null,
    recorded_at timestamptz not null,
    exit_code integer,
    summary varchar
);

-- Orders that may have arrived without an answer, stored one by one when their requests are
-- settled: see `ledger_requests`.
create table ledger.planned (
    order_id varchar not null,
    run_id integer not null,
    payload_md5 uhugeint  -- null if an earlier version wrote the row
);

-- Sent payloads, for destinations where later payloads depend on them. Those that were refused or
-- surely not stored are deleted.
create table ledger.payloads (
    destination varchar not null,
    environment varchar not null,
    order_id varchar not null,
    run_id integer not null,
    payload varchar not null
);

-- Deliveries that a later delivery of the same order has replaced.
create table ledger.superseded (
    destination varchar not null,
    environment varchar not null,
    order_id varchar not null,
    run_id integer not null
);

create table ledger.violations (
    destination varchar not null,
    environment varchar not null,
    run_id integer not null,
    order_id varchar not null,
    rule varchar not null,
    field varchar not null,
    severity varchar not null,
    message varchar not null,
    recorded_at timestamptz not null
);

-- Orders that were delivered or are in doubt, and that a run found gone from the view, or counting
-- for nothing and left as they are.
create table ledger.removals (
    destination varchar not null,
    environment varchar not null,
    order_id varchar not null,
    run_id integer not null
);

-- Prints of the columns of some delivered orders, to find which columns changed.
create table ledger.samples (
    destination varchar not null,
    environment varchar not null,
    order_id varchar not null,
    column_name varchar not null,
    print usmallint
);
