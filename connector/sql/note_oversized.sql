insert into work.oversized
select rank
from query_table($payloads)
where bytes > $max_order_bytes
