-- name: version_1
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

alter table ledger.deliveries add column if not exists request_id varchar
;

-- name: version_2
-- From version 1: a run has the destination and environment of its intents and amounts.
drop view if exists ledger.in_doubt;

alter table ledger.planned drop column destination;

alter table ledger.planned drop column environment;

alter table ledger.amounts drop column if exists destination;

alter table ledger.amounts drop column if exists environment
;

-- name: version_3
-- From version 2: an intent has its payload, a refused removal differs from a refused order, and
-- the ledger has its name and what may still be under way. The next run records a killed run.
drop view if exists ledger.in_doubt;

alter table ledger.planned add column if not exists payload_md5 uhugeint;

insert into ledger.on_wire
select planned.order_id, planned.run_id, null, ended.recorded_at
from ledger.planned
inner join ledger.runs as ended on ended.run_id = planned.run_id and ended.event = 'finished';

update ledger.deliveries
set outcome = 'removal_refused'
where outcome = 'refused' and row_hash = 0;

-- A delivery that a removal superseded was superseded again by the order that followed; count both.
delete from ledger.superseded
where rowid not in (select min(rowid) from ledger.superseded group by all)
;

insert into ledger.meta values (3)
;

-- name: slim
-- For ledgers from before answers were stored once per request: each row repeated the common parts.
drop view if exists ledger.current;

drop view if exists ledger.last_sent;

drop view if exists ledger.in_doubt;

insert into ledger.answers
select
    row_number() over (order by run_id, batch_id, request_id, outcome),
    destination,
    environment,
    run_id,
    batch_id,
    outcome,
    status,
    max(recorded_at),
    request_id
from ledger.deliveries
group by destination, environment, run_id, batch_id, outcome, status, request_id;

insert into ledger.outcomes
select order_id, run_id, answer_id, row_hash, payload_md5, amount, reason
from ledger.deliveries as deliveries
inner join
    ledger.answers as answers using (destination, environment, run_id, batch_id, outcome)
left join ledger.amounts as amounts using (order_id, run_id)
where
    deliveries.status is not distinct from answers.status
    and deliveries.request_id is not distinct from answers.request_id
order by run_id, answer_id;

drop table ledger.deliveries;

drop table ledger.amounts
;
