select payload, strlen(payload) as bytes, standing
from work.payloads
inner join work.ranked using (order_id)
where order_id = $order_id
