-- name: sampled
-- The planned orders to fingerprint by column: those sampled before, and the first 1,000 in a
-- pseudo-random order.
create or replace table work.sampled as
select order_id
from plan.planned
where order_id in (
    select order_id from ledger.samples where destination = $destination and environment = $environment
)

union

select order_id
from (select order_id from plan.planned order by md5(order_id) limit 1000)
;

-- name: differing
-- Columns of sampled orders whose values changed since they were sent. A number may have had
-- another type then.
create or replace table work.compared as
select order_id
from ledger.samples
where
    destination = $destination
    and environment = $environment
    and order_id in (select order_id from work.typed_prints)
group by order_id
;

create or replace table work.differing as
select order_id, column_name
from
    (
        from ledger.samples
        where
            destination = $destination
            and environment = $environment
            and order_id in (from work.compared)
    ) as old
full join
    (from work.typed_prints where order_id in (from work.compared)) as new using (order_id, column_name)
where not coalesce(list_contains(new.prints, old.print), false)
;

-- name: most_changed
-- The columns that differ in most of the sampled orders.
select column_name, count(*) / max(orders) as share, max(orders) as orders
from work.differing
cross join (select count(*) as orders from work.compared)
group by column_name
order by share desc, column_name
limit 5
;

-- name: vanished
select count(*)
from work.gone
where delivered_run is not null and not is_noted
;
