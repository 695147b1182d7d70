-- name: ranked_ids
select order_id::varchar as order_id
from work.ranked
where order_id is not null
;

-- name: sought_ids
select distinct order_id::varchar as order_id
from work.sought
where order_id is not null
;
