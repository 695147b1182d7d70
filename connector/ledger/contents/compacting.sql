-- name: compactable
-- What there is to delete: most ledgers hold nothing of it.
select
    exists (
        from ledger.payloads
        where destination = $destination and environment = $environment and run_id < $run_id
    ),
    exists (from ledger.planned),
    exists (
        from ledger.runs
        where
            destination = $destination
            and environment = $environment
            and recorded_at < now() - to_days($days)
    )
    and exists (from ledger.superseded)
;

-- name: last_payloads
-- Keep only what was sent last of an order. Most ledgers have nothing older, and then the orders of
-- the run are not read: no run has the number null.
create or replace temp table older as
select order_id, run_id
from ledger.payloads
where destination = $destination and environment = $environment and run_id < $run_id
;

create or replace temp table outdated as
select order_id, run_id
from older
where order_id in (
    select order_id from ledger.kept where run_id = (select max($run_id::integer) from older)
)
;

delete from ledger.payloads
where (order_id, run_id) in (from outdated)
;

drop table outdated
;

drop table older
;

-- name: compact
-- Find what to delete first, so that a ledger without such rows is not read again. A run belongs to
-- one destination and environment.
create or replace temp table done as
select order_id, run_id
from ledger.planned
anti join ledger.in_doubt using (order_id, run_id)
;

delete from ledger.planned
where (order_id, run_id) in (from done)
;

-- name: forget_old
-- Superseded deliveries are as old as their run. Finding them reads all deliveries, so there must
-- be enough of them; they are deleted in parts to save memory.
create or replace temp table outdated as
select order_id, run_id
from ledger.superseded
where
    destination = $destination
    and environment = $environment
    and run_id in (
        select run_id
        from ledger.runs
        where destination = $destination and environment = $environment
        group by run_id
        having max(recorded_at) < now() - to_days($days)
    )
limit 1000000
;

delete from outdated
where (select count(*) from outdated) < (select count(*) / 100 from ledger.outcomes)
;

-- What should stay of an order is kept, if no later delivery has it.
insert into ledger.payloads
with
    latest as (
        select order_id, max(run_id) as run_id
        from ledger.kept
        where
            destination = $destination
            and environment = $environment
            and order_id in (select order_id from outdated)
        group by order_id
    )

select destination, environment, order_id, run_id, payload
from ledger.kept
semi join outdated using (order_id, run_id)
semi join latest using (order_id, run_id)
where is_outcome
;

delete from ledger.outcomes
where (order_id, run_id) in (from outdated)
;

delete from ledger.superseded
where (order_id, run_id) in (from outdated)
;
