-- Several schemas had the number 1; this adds the tables and columns of the later ones.
create table if not exists ledger.removals (
    destination varchar not null,
    environment varchar not null,
    order_id varchar not null,
    run_id integer not null
);

create table if not exists ledger.samples (
    destination varchar not null,
    environment varchar not null,
    order_id varchar not null,
    column_name varchar not null,
    print usmallint
);

create table if not exists ledger.payloads (
    destination varchar not null,
    environment varchar not null,
    order_id varchar not null,
    run_id integer not null,
    payload varchar not null
);

create table if not exists ledger.amounts (
    order_id varchar not null, run_id integer not null, amount decimal(38, 4)
);

alter table ledger.deliveries add column if not exists request_id varchar;
