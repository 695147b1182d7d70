select 1
from ledger.distrusted
where destination = $destination and environment = $environment and not is_accepted
