select payload, strlen(payload) as bytes from work.payloads where order_id = $order_id
