select list(order_id order by order_id)
from (select distinct order_id from work.sought where order_id is not null)
