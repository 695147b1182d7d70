-- _loaded_at says when a row came in, as loaders of raw tables do; freshness is judged by it.
create schema if not exists raw;

create or replace table raw.customers as
select *, now() as _loaded_at from read_parquet(getvariable('raw') || '/customers.parquet');

alter table raw.customers alter _loaded_at set default now();

create or replace table raw.addresses as
select *, now() as _loaded_at from read_parquet(getvariable('raw') || '/addresses.parquet');

alter table raw.addresses alter _loaded_at set default now();

create or replace table raw.products as
select *, now() as _loaded_at from read_parquet(getvariable('raw') || '/products.parquet');

alter table raw.products alter _loaded_at set default now();

create or replace table raw.product_variants as
select *, now() as _loaded_at from read_parquet(getvariable('raw') || '/product_variants.parquet');

alter table raw.product_variants alter _loaded_at set default now();

create or replace table raw.orders as
select *, now() as _loaded_at from read_parquet(getvariable('raw') || '/orders.parquet');

alter table raw.orders alter _loaded_at set default now();

create or replace table raw.order_lines as
select *, now() as _loaded_at from read_parquet(getvariable('raw') || '/order_lines.parquet');

alter table raw.order_lines alter _loaded_at set default now();

create or replace table raw.order_discounts as
select *, now() as _loaded_at from read_parquet(getvariable('raw') || '/order_discounts.parquet');

alter table raw.order_discounts alter _loaded_at set default now();

create or replace table raw.order_tags as
select *, now() as _loaded_at from read_parquet(getvariable('raw') || '/order_tags.parquet');

alter table raw.order_tags alter _loaded_at set default now();

create or replace table raw.subscriptions as
select *, now() as _loaded_at from read_parquet(getvariable('raw') || '/subscriptions.parquet');

alter table raw.subscriptions alter _loaded_at set default now();

create or replace table raw.refunds as
select *, now() as _loaded_at from read_parquet(getvariable('raw') || '/refunds.parquet');

alter table raw.refunds alter _loaded_at set default now();

create or replace table raw.refund_lines as
select *, now() as _loaded_at from read_parquet(getvariable('raw') || '/refund_lines.parquet');

alter table raw.refund_lines alter _loaded_at set default now();

create or replace table raw.pixel_purchase_events as
select *, now() as _loaded_at from read_parquet(getvariable('raw') || '/pixel_purchase_events.parquet');

alter table raw.pixel_purchase_events alter _loaded_at set default now();
