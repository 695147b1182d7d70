-- The orders that are sent, or one whatever becomes of it.
create table work.ranked as
select order_id, standing, row_number() over (order by oldest, order_id) as rank
from work.snapshot
where order_id = $order_id or ($order_id is null and standing < 2)
