select distinct order_id
from ledger.in_doubt
where destination = $destination and environment = $environment
order by order_id
limit 5
