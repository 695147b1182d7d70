-- What was sent last of one order, where the ledger keeps whole payloads.
select payload, run_id
from ledger.payloads
where destination = $destination and environment = $environment and order_id = $order_id
order by run_id desc
limit 1
