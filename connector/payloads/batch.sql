-- name: batch_payloads
select encode(payload)
from query_table($payloads)
where position between $first and $last
order by position
;

-- name: chunk_payloads
select encode(payload)
from query_table($payloads)
where bytes <= $max_order_bytes
order by position
;
