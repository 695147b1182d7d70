-- name: is_torn
-- Whether any row belongs to no order of the view.
select bool_or(times = 0)
from work.seen
;

-- name: repeated
-- How many orders the view has more than once, the first of them, and its rows without an id.
select
    count(*) filter (where order_id is not null),
    (list(order_id order by order_id) filter (where order_id is not null))[:3],
    coalesce(sum(times) filter (where order_id is null), 0)::bigint
from work.seen
where times > 1 or (order_id is null and times > 0)
;
