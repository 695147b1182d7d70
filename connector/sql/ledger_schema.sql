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

-- Orders that may have arrived in a run without an answer, noted one by one when their requests are
-- settled: see `ledger_requests`.
create table ledger.planned (
    order_id varchar not null,
    run_id integer not null,
    payload_md5 uhugeint  -- null: from a version that did not note it
);

-- Payloads as they were sent, for destinations where what is sent next depends on it. Those that
-- were refused or surely not sent are deleted.
create table ledger.payloads (
    destination varchar not null,
    environment varchar not null,
    order_id varchar not null,
    run_id integer not null,
    payload varchar not null
);

-- Deliveries that a later one of the same order has replaced.
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

-- Orders that were delivered, or are in doubt, and are gone from the view, or count for nothing and
-- are left as they are, as far as a run has taken note of it.
create table ledger.removals (
    destination varchar not null,
    environment varchar not null,
    order_id varchar not null,
    run_id integer not null
);

-- Prints of the columns of some delivered orders, to tell which columns changed.
create table ledger.samples (
    destination varchar not null,
    environment varchar not null,
    order_id varchar not null,
    column_name varchar not null,
    print usmallint
);
