select order_id, count(*)
from work.seen
group by order_id
having count(*) > 1 or order_id is null
order by order_id
limit 4
