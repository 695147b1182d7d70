-- name: is_torn
-- Whether any row belongs to no order of the view.
select bool_or(times = 0)
from work.seen
;

-- name: repeated
-- The first orders that the view has more than once or without an id.
select order_id, times
from work.seen
where times > 1 or (order_id is null and times > 0)
order by order_id
limit 4
;
