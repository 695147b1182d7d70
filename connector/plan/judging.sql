-- name: checks
insert into work.checks
select
    unnest($numbers) as number,
    unnest($rule) as rule,
    unnest($field) as field,
    unnest($severity) as severity,
    unnest($message) as message,
    unnest($cost) as cost,
    unnest($owner) as owner,
    unnest($whole_view) as whole_view
;

-- name: cleared
delete from work.suspects
;

-- name: mendable
-- The broken rules that can be mended, so that no order is refused for them.
select distinct number
from work.found
inner join work.checks using (number)
where cost in ('leave_out', 'shorten')
order by number
;

-- name: mended
-- Records what was mended, and deletes the other findings of these orders: they are judged again.
create or replace table work.mended as
select distinct ranked.rank, found.order_id
from work.found as found
inner join work.checks as checks using (number)
inner join work.ranked as ranked using (order_id)
where checks.cost in ('leave_out', 'shorten')
;

insert into work.cured
select order_id, number
from work.found
inner join work.checks using (number)
where cost in ('leave_out', 'shorten')
;

delete from work.found
where
    order_id in (select order_id from work.mended)
    and number not in (select number from work.checks where whole_view)
;

-- name: found
-- Stores the rules that a slice of orders breaks, mended or not.
insert into work.violations
select *
from work.found
union
select *
from work.cured
;

delete from work.found
;

delete from work.cured
;

-- name: invalid
create or replace table work.invalid as
select distinct order_id
from work.violations
inner join work.checks using (number)
where severity = 'error'
;

-- name: retracted
-- Rows of payloads that take orders back, and the rules that they break.
drop schema if exists retracted cascade;
create schema retracted;
create or replace table work.unfit (order_id varchar, number integer);
create or replace table work.amended (order_id varchar);

-- name: unfit
-- Only rules of the destination count here, since warnings about removals help nobody.
delete from work.unfit
where number not in (select number from work.checks where severity = 'error')
;

insert into work.violations
from work.unfit
;

drop schema retracted cascade
;
