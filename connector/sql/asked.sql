create table work.ranked as
select order_id, row_number() over (order by oldest, order_id) as rank
from work.snapshot
where $order_id is null or order_id = $order_id
