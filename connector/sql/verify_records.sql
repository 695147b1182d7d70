-- The records of the orders that can be repaired, as far as they are told apart.
select distinct order_id, record
from verified.records
where
    identity is not null
    and order_id in (select order_id from plan.seen)
    and order_id not in (from temp.alike)
order by order_id, record
limit $limit
