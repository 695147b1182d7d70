select distinct order_id
from ledger.in_doubt
anti join ledger.removals using (destination, environment, order_id)
where destination = $destination and environment = $environment
order by order_id
limit 5
