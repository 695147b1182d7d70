select count(*)
from ledger.current
where destination = $destination and environment = $environment and outcome = 'delivered'
