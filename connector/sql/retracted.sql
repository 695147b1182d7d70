-- The rows of payloads that take orders back, and what they break.
drop schema if exists retracted cascade;
create schema retracted;
create or replace table work.unfit (order_id varchar, number integer);
create or replace table work.amended (order_id varchar);
