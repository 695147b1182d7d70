-- name: sought
-- Orders that are read whatever their stamp: those not delivered in their current version, and
-- those that were requested.
insert into work.sought
select order_id, false
from ledger.in_doubt
where destination = $destination and environment = $environment

union

select order_id, false
from ledger.current
where destination = $destination and environment = $environment and outcome in ('refused', 'removal_refused')

union

select order_id, false
from ledger.violations
where destination = $destination and environment = $environment and severity = 'error'

union

select order_id, false
from ledger.removals
where destination = $destination and environment = $environment

union

select order_id, false
from work.chosen
;

-- name: asked_for
select count(*)
from work.sought
where
    order_id not in (
        select order_id
        from ledger.removals
        where destination = $destination and environment = $environment
    )
;

-- name: current_of_sought
create table work.current as
select order_id, run_id, row_hash, payload_md5, outcome
from ledger.current
where
    destination = $destination
    and environment = $environment
    and order_id in (select order_id from work.sought)
;

update work.choice
set is_cut = true
;

-- name: known
-- How many orders count as delivered. The number of superseded deliveries is subtracted, which
-- avoids a look at each of millions of orders.
select
    (
        select count(*)
        from ledger.deliveries
        where destination = $destination and environment = $environment and outcome = 'delivered'
    ) - (
        select count(*)
        from ledger.superseded
        where destination = $destination and environment = $environment
    )
    + (
        select count(*)
        from ledger.deliveries
        semi join ledger.superseded using (destination, environment, order_id, run_id)
        where destination = $destination and environment = $environment and outcome <> 'delivered'
    )
;

-- name: delivered
select count(*)
from work.current
where outcome = 'delivered'
;

-- name: unseek
drop table if exists work.current;

delete from work.sought
;

update work.choice
set is_cut = false
;
