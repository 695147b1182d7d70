-- The planned orders to take prints of: those sampled before, and the first 1,000 in an order
-- that is as good as random.
create or replace table work.sampled as
select order_id
from plan.planned
where order_id in (
    select order_id from ledger.samples where destination = $destination and environment = $environment
)

union

select order_id
from (select order_id from plan.planned order by md5(order_id) limit 1000)
