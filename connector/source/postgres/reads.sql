-- name: ranked_ids
select coalesce(list(order_id order by rank), [])
from work.ranked
where rank between $first and $last and order_id is not null
;

-- name: sought_ids
select coalesce(list(order_id order by order_id), [])
from (select distinct order_id from work.sought where order_id is not null)
;
