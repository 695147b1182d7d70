create table work.asked as
select order_id
from work.snapshot
where $order_id is null or order_id = $order_id
