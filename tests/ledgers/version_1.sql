-- The first schema of a ledger, with a run that delivered two orders and was refused one, and a run
-- that was killed while one was under way.
create table meta (version integer not null);

create table runs (
    run_id integer not null,
    destination varchar not null,
    environment varchar not null,
    command varchar not null,
    event varchar not null,
    recorded_at timestamptz not null,
    exit_code integer,
    summary varchar
);

-- The intent, written before the first byte goes out; what has no outcome is in doubt.
create table planned (
    destination varchar not null,
    environment varchar not null,
    order_id varchar not null,
    run_id integer not null,
    payload_md5 uhugeint not null
);

-- What the destination answered: at most one outcome an order and run.
create table deliveries (
    destination varchar not null,
    environment varchar not null,
    order_id varchar not null,
    run_id integer not null,
    batch_id integer not null,
    row_hash ubigint not null,
    payload_md5 uhugeint not null,
    outcome varchar not null,
    status integer,
    reason varchar,
    recorded_at timestamptz not null
);

-- Deliveries that a later one of the same order has replaced.
create table superseded (
    destination varchar not null,
    environment varchar not null,
    order_id varchar not null,
    run_id integer not null
);

create table violations (
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

create view current as
select *
from deliveries
anti join superseded using (destination, environment, order_id, run_id);

create view in_doubt as
select *
from planned
where not exists (
    from deliveries
    where deliveries.destination = planned.destination
        and deliveries.environment = planned.environment
        and deliveries.order_id = planned.order_id
        and (
            deliveries.run_id = planned.run_id
            or (deliveries.outcome = 'delivered' and deliveries.run_id > planned.run_id)
        )
);

insert into meta values (1);

insert into runs values
(1, 'northbeam', '$environment', 'sync', 'started', '2026-11-01 10:00:00+00', null, null),
(1, 'northbeam', '$environment', 'sync', 'finished', '2026-11-01 10:00:09+00', 1,
'{"orders": 3, "added": 3, "planned": 3, "delivered": 2, "refused": 1, "pending": 0}'),
(2, 'northbeam', '$environment', 'sync', 'started', '2026-11-02 10:00:00+00', null, null);

insert into planned
select 'northbeam', '$environment', 'order-00000' || number, run_id, 7
from (values (0, 1), (1, 1), (2, 1), (3, 2)) as intents (number, run_id);

insert into deliveries
select
    'northbeam',
    '$environment',
    'order-00000' || number,
    1,
    1,
    5,
    7,
    case number when 2 then 'refused' else 'delivered' end,
    200,
    case number when 2 then 'order cannot be processed' end,
    '2026-11-01 10:00:05+00'
from range(3) as orders (number);
