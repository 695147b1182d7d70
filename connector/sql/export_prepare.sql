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
from target.connector.orders;
