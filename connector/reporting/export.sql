-- name: prepare
create schema if not exists target.connector;

create table if not exists target.connector.runs as
from work.export_runs
limit 0;

-- Exports of earlier versions lack these columns.
alter table target.connector.runs add column if not exists outdated bigint;

alter table target.connector.runs add column if not exists not_sent bigint;

alter table target.connector.runs add column if not exists taken_back bigint;

create table if not exists target.connector.batches as
from work.export_batches
limit 0;

create table if not exists target.connector.orders as
from work.export_orders
limit 0;

create view work.exported_runs as
from target.connector.runs;

create view work.exported_orders as
from target.connector.orders
;

-- name: replace
-- Small tables are rewritten.
create or replace table target.connector.verifications as
from work.export_verifications
;

-- name: store
insert into target.connector.batches by name
from work.new_batches;

insert into target.connector.runs by name
from work.new_runs;

delete from target.connector.orders
where
    (destination, environment, order_id)
    in (select (destination, environment, order_id) from work.new_orders)
    or (destination, environment, order_id)
    not in (select (destination, environment, order_id) from work.export_orders)
;

insert into target.connector.orders by name
from work.new_orders
;

-- name: left_out
-- Keys of rows that are replaced, and of orders that the ledger knows no more.
select destination, environment, order_id
from work.new_orders
union
(
    select destination, environment, order_id
    from work.exported_orders
    except
    select destination, environment, order_id
    from work.export_orders
)
;

-- name: changed
-- Run numbers are unique only within an account.
create table work.new_runs as
from work.export_runs as runs
where
    run_id > (
        select coalesce(max(run_id), 0)
        from work.exported_runs as exported
        where
            exported.destination = runs.destination and exported.environment = runs.environment
    );

create table work.new_batches as
from work.export_batches as batches
where
    run_id > (
        select coalesce(max(run_id), 0)
        from work.exported_runs as exported
        where
            exported.destination = batches.destination
            and exported.environment = batches.environment
    );

create table work.new_orders as
from work.export_orders
except
from work.exported_orders
;

-- name: counts
select
    (select coalesce(max(run_id), 0) from work.exported_runs) as after,
    (select count(*) from work.new_runs) as runs,
    (select count(*) from work.new_batches) as batches,
    (select count(*) from work.new_orders) as orders
;
